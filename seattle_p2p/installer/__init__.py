"""From a planner's file to a signed installer."""
