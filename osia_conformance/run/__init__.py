"""A run: pytest plugin, collection, execution, controller, runner, selection, progress."""
