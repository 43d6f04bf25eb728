map(select(.Test and (.Action == "pass" or .Action == "fail" or .Action == "skip")))
| "<testsuites><testsuite name=\"explorer\" tests=\"\(length)\" failures=\"\(map(select(.Action == "fail")) | length)\"/></testsuites>"
