// Package stat holds the statistics of a survey: counts and shares of answers,
// their intervals, whole per cents, scale scores and reliability.
//
// It is pure: no storage, no clock, no randomness. A value that is missing, or
// that a statistic cannot be computed for, is NaN; nothing here panics on odd
// input. Answers are float64 so that a missing one can be NaN; "keyed" means
// turned round where an item is worded the other way, so that high is good.
package stat
