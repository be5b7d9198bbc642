package check

var procedureChecks = []Check{}
