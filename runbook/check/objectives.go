package check

var objectiveChecks = []Check{}
