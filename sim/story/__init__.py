"""One firm's or founder's life, watched while a run goes on: events with dates, told in sentences."""

from sim.story.events import Event, Life, parting
from sim.story.watch import Watcher
from sim.story.words import sentence

__all__ = ["Event", "Life", "Watcher", "parting", "sentence"]
