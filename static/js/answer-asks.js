// What answer.js fetches for surveys that have more than one question after the other; see asks.js.
// include expression.js
// include asks.js
