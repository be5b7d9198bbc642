package check

var exerciseChecks = []Check{}
