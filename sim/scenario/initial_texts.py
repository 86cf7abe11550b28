"""What each number of a place means, in English and Chinese, by block and field of `schema`."""

from __future__ import annotations

from sim.declare import Text


def _texts(**fields: tuple[str, str]) -> dict[str, Text]:
    return {name: Text(en, zh) for name, (en, zh) in fields.items()}


BLOCK_TEXTS: dict[str, dict[str, Text]] = {
    "Initial": _texts(
        grid=("the ground: square cells and zones", "用地：方格与功能区"),
        firms=("firms at month 0", "起始月的企业"),
        people=("people at month 0", "起始月的人口"),
        institutions=("universities, institutes, incubators, platforms", "高校、院所、孵化器与平台"),
        floor=("floor area by use, and what of it is let", "各用途建筑面积及已租面积"),
        rents=("asking rents at month 0", "起始月挂牌租金"),
        apartments=("talent apartments that stand already", "已有人才公寓"),
        amenities=("third places and what can be reached on foot", "第三空间与步行可达配套"),
        founders=("teams that have not founded yet", "尚未创办企业的团队"),
        funds=("funds at month 0", "起始月的基金"),
        operator=("the operator's weights, space, people and money", "运营商的权重、空间、人员与资金"),
        government=("budget, base services and the level of city costs", "预算、基础服务与城市成本水平"),
        outside=("what rival places offer", "竞争园区的条件"),
    ),
    "Grid": _texts(
        cells_x=("cells from west to east", "东西向格数"),
        cells_y=("cells from south to north", "南北向格数"),
        cell_m=("side of a cell", "方格边长"),
        radius_m=("radius of the active disc; null: all cells", "有效圆半径；null为全部方格"),
        far=("floor area ratio allowed", "允许容积率"),
        zones=("shares of the ground by zone", "各功能区用地占比"),
        form=("field, or corridor with the street along its middle", "形态：片区，或沿中线的街道走廊"),
        use_mix=("other cells in which uses are mixed", "其他方格中混合用途的占比"),
        interleave=("how far zones are mixed, 1 = cell by cell", "功能区混合度，1为逐格混合"),
    ),
    "Zones": _texts(
        campus=("campus", "校园"),
        park=("office park", "产业园"),
        street=("street with shops", "商街"),
        production=("production", "生产"),
        housing=("housing", "住宅"),
        front=("front of a linear site", "前区"),
        back=("back of a linear site", "后区"),
    ),
    "Firms": _texts(
        sectors=("firms by sector, giants' branches included", "各行业企业数，含巨头分支"),
        focal=("sector or sectors that the place is made for", "主导行业，可多个"),
        layers=("firms of the first focal sector by layer of the value chain", "首个主导行业各链条环节企业数"),
        classes=("size classes of the place's own firms", "本地企业的规模分组"),
        giants=("branches of giants, counted in their sector", "巨头分支，计入所属行业"),
        age_shares=("firms aged up to 1, 3, 5 and 15 years", "1、3、5、15年以内企业占比"),
        origin_shares=("where founders came from", "创始人来源占比"),
        maturity_shares=("firms by maturity of product, 0 to 4", "产品成熟度0至4的企业占比"),
        vacancy_share=("open posts for a head of staff", "空缺岗位占员工比例"),
        owners_share=("firms that own their space", "自有空间企业占比"),
        lease_months=("length of a lease", "租期"),
        cash_months_low=("least cash, in months of cost", "现金最少可支撑月数"),
        cash_months_high=("most cash, in months of cost", "现金最多可支撑月数"),
        grow_large_venture=("large firms that seek venture money", "大企业中寻求风投占比"),
        small_venture=("small firms that seek venture money", "小企业中寻求风投占比"),
        small_grow=("small firms that want to grow", "小企业中谋求成长占比"),
        rounds_shares=("ventures by rounds closed: none, angel, pre-A, A to D", "风投型企业按融资轮次占比"),
        incubated_share=("firms in an incubator", "在孵企业占比"),
        graduated_share=("firms that left an incubator", "已毕业企业占比"),
        tenure_months_max=("longest time on the site", "最长入驻月数"),
        mobility_median=("cost of moving, median", "搬迁成本中位数"),
        mobility_median_footloose=("the same for footloose firms", "游走型企业搬迁成本中位数"),
        mobility_sd=("its spread", "搬迁成本离散度"),
        local_supply=("local suppliers and customers", "本地供应与客户占比"),
        lead_investor_local=("lead investors that are local", "本地领投占比"),
        footloose_share=("footloose firms", "游走型企业占比"),
    ),
    "SizeClass": _texts(firms=("firms", "企业数"), staff=("mean staff of a firm", "平均员工数")),
    "GiantClass": _texts(
        firms=("branches", "分支数"),
        staff=("mean staff of a branch", "平均员工数"),
        sector=("sector in which they count", "计入的行业"),
    ),
    "Origins": _texts(
        scholar=("scholars", "学者"),
        graduate=("graduates", "毕业生"),
        giant_leaver=("leavers of giants", "巨头离职者"),
        spin_out=("leavers of firms here", "本地企业衍生"),
        returnee=("returnees", "海归"),
        independent=("independents", "独立创业者"),
        relocated=("firms that came from elsewhere", "迁入企业"),
    ),
    "People": _texts(
        students=("students", "学生"),
        developers=("developers", "开发者"),
        developers_in_firms=("developers on the staff of firms", "企业内开发者"),
        scientists=("scientists", "科学家"),
        scientists_in_firms=("scientists on the staff of firms", "企业内科学家"),
        workers=("workers", "工人"),
        workers_in_firms=("workers on the staff of firms", "企业内工人"),
        migrant_share=("migrants", "外来人口占比"),
        living_inside_share=("staff who live on the site", "居住在区内的员工占比"),
        tenure_mean_years=("mean time in a job", "平均在职年数"),
    ),
    "Institutions": _texts(
        universities=("universities", "高校数"),
        institutes=("research institutes", "科研院所数"),
        faculty=("faculty", "教研人员"),
        graduates_per_year=("graduates a year", "每年毕业生"),
        incubators=("incubators", "孵化器数"),
        incubator_places=("places for teams in them", "在孵席位"),
        poc_slots_month=("proof-of-concept slots", "概念验证名额"),
        pilot_slots_month=("pilot production slots", "中试名额"),
        scene_owners=("owners of test scenes", "应用场景方"),
        scene_slots_month=("slots in test scenes", "场景测试名额"),
        frontier_university=("lead in knowledge of universities", "高校知识前沿"),
        frontier_institute=("lead in knowledge of institutes", "院所知识前沿"),
        distance_km=("way from the site to them, 0 = in it", "与园区的距离，0为园区内"),
    ),
    "Floor": _texts(
        office_m2=("offices", "办公面积"),
        office_let_m2=("offices let", "已租办公面积"),
        lab_m2=("laboratories", "实验面积"),
        lab_let_m2=("laboratories let", "已租实验面积"),
        production_m2=("production", "生产面积"),
        production_let_m2=("production let", "已租生产面积"),
        housing_m2=("homes", "住房面积"),
        housing_let_m2=("homes let", "已租住房面积"),
        housing_units=("flats", "住房套数"),
        amenity_m2=("shops and services", "配套面积"),
    ),
    "Rents": _texts(
        office=("asking rent of offices", "办公挂牌租金"),
        housing=("rent of homes", "住房租金"),
        lab_factor=("rent of laboratories", "实验室租金"),
        amenity_factor=("rent of shops", "配套租金"),
    ),
    "Apartments": _texts(
        units=("talent apartments", "人才公寓套数"),
        discount=("their discount on rent", "租金优惠"),
    ),
    "Amenities": _texts(
        third_place_cells=("cells with a third place", "有第三空间的格数"),
        third_place_draw=("draw of a third place", "第三空间吸引力"),
        access=("amenities within the walk", "步行可达配套"),
        minutes=("length of that walk", "步行时间"),
    ),
    "Founders": _texts(
        teams=("nascent teams", "筹备中团队"),
        runway_months=("months they can live on", "可支撑月数"),
        waiting_months_max=("longest time they have waited", "最长等待月数"),
        cofounder_share=("teams with a cofounder", "有合伙人的团队占比"),
        dual_identity_share=("scholars who keep their post", "保留教职的学者占比"),
    ),
    "Funds": _texts(
        tied=("funds tied to the operator", "与运营商关联的基金"),
        other=("other funds", "其他基金"),
        capital_cny_each=("capital of a fund", "单支基金规模"),
        seat_local_share=("funds with a seat here", "在区内设点的基金占比"),
        tied_operator_share=("operator's share in its funds", "运营商在关联基金中的份额"),
    ),
    "Operator": _texts(
        weight_rent=("weight on rent", "租金权重"),
        weight_service=("weight on services", "服务权重"),
        weight_equity=("weight on equity", "股权权重"),
        weight_mission=("weight on its mission", "使命权重"),
        owned_office_m2=("offices that it owns", "自持办公面积"),
        service_staff=("service staff", "服务人员"),
        cases_month=("cases that a desk serves", "每窗口月办件量"),
        search_gain=("partners found faster through its desks", "窗口对接增益"),
        menu=("services that it sells", "增值服务菜单"),
        menu_price_factor=("price of these services", "增值服务价格系数"),
        spend_per_head_year_cny=("what firms spend on them for a head", "企业人均服务支出"),
        service_to_rent_target=("service income for rent income", "服务与租金收入之比"),
        cash_cny=("cash", "现金"),
        debt_cny_m2=("debt on its floor", "自持面积负债"),
        stakes=("stakes held", "持股企业数"),
        stake_share=("share of a stake", "单笔持股比例"),
        reputation=("reputation", "声誉"),
        issue_staff=("staff that solve issues", "诉求办理人员"),
    ),
    "Government": _texts(
        budget_cny_year=("budget a year", "年度预算"),
        base_level=("level of free base services", "基础服务水平"),
        city_factor=("level of wages and costs, 1 = Beijing", "工资与成本水平，北京为1"),
    ),
    "Outside": _texts(
        rival_subsidy=("rent subsidy of rivals", "竞争园区租金补贴"),
        rival_subsidy_months=("its length", "其补贴月数"),
        rival_rent=("rent of rivals", "竞争园区租金"),
    ),
}  # fmt: skip


def text_of_field(block: str, name: str) -> Text:
    """Return what a field of a block means, e.g. ("Firms", "focal").

    Raises:
        KeyError: if the block has no such field.
    """
    return BLOCK_TEXTS[block][name]
