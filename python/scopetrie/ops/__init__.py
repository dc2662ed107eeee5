"""The ops: functions that add nodes to the graph."""
