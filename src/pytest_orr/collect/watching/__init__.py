"""What watches the service and would wake somebody: Prometheus, Alertmanager, monitors, pages."""
