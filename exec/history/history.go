// Package history reads many exercises and tells what they show together.
package history
