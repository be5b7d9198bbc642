package check

var documentChecks = []Check{}
