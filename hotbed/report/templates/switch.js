(function () {
  "use strict";
  var root = document.documentElement;
  var buttons = document.querySelectorAll(".switch button");
  function show(language) {
    root.lang = language;
    buttons.forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.lang === language));
    });
  }
  buttons.forEach(function (button) {
    button.addEventListener("click", function () { show(button.dataset.lang); });
  });
  show(root.lang);
})();
