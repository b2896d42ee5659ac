"""What every adapter of a port must do: one class of tests a port, run by each adapter's own tests."""
