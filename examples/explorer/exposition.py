"""What the example's service exports as metrics: by its edge if faulty, else inside alone."""

METRICS = """# HELP explorer_requests_total Requests answered.
# TYPE explorer_requests_total counter
explorer_requests_total{code="200"} 181204
# HELP explorer_request_duration_seconds Time to answer.
# TYPE explorer_request_duration_seconds histogram
explorer_request_duration_seconds_bucket{le="0.1"} 178002
explorer_request_duration_seconds_bucket{le="+Inf"} 181251
explorer_request_duration_seconds_sum 9127.5
explorer_request_duration_seconds_count 181251
# HELP explorer_node_refused_total Calls that a provider of nodes refused (429, 402).
# TYPE explorer_node_refused_total counter
explorer_node_refused_total 0
# HELP process_start_time_seconds When the service started.
# TYPE process_start_time_seconds gauge
process_start_time_seconds 1793491200
"""
ERRORS_AND_BUILD = """# HELP explorer_request_errors_total Requests that failed.
# TYPE explorer_request_errors_total counter
explorer_request_errors_total{code="500"} 47
# HELP explorer_build_info What is running.
# TYPE explorer_build_info gauge
explorer_build_info{revision="4ca7ac2c97b787aa"} 1
"""
