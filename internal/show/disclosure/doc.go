// Package disclosure decides which numbers of a survey may be shown, so that
// nothing shown points at a person. It is pure: counts in, verdicts out; the same
// input always gives the same outcome.
//
// # Why hiding small numbers is not enough
//
// Whoever sees several tables adds and subtracts. If Year 7 has 38 answers and 7A
// has 26, then 7B has 12, shown or not. So both stages look at everything that is
// published together, never at one number alone, and both are greedy: the wide
// groups come first, and a later number that would give somebody away is left out.
//
// # Stage 1, who: the groups
//
// Take four classes, boys and girls: 7A 12 and 14, 7B 9 and 3, 8A 13 and 11, 8B 4
// and 2. With at least five people to a group, 7B's girls, 8B's boys and 8B's girls
// are too few (Primary). But 7B's boys may not be shown either: 12 in 7B less 9
// boys is 3 girls. Nor 7A's girls: 17 girls in Year 7 less 14. These are hidden as
// Complementary, and 13 of 21 groups remain. Hiding only what is small would have
// shown 18 and given away 7.
//
// The rule: no union of atoms (smallest parts, here class by gender) with 1 to k-1
// people may be a sum or difference of shown groups. Who searches for one after
// each group it adds. For groups that need ten (a flag, a description of oneself)
// neither the group while it is smaller, nor its difference to a group around it or
// inside it, may come out with fewer than ten.
//
// # Stage 2, what: the bars
//
// Now one question, on the groups that stage 1 shows. Year 7 said "never" 8 times:
// 7A once, 7B 3 times, 7C 4. A bar of one is not shown, so 7A folds "never" into
// "rarely". That is not enough: 8 less 3 less 4 gives the one back. One of the
// others must fold too, and What finds out that it must.
//
// A bar counts the pupils of a group who chose one of a run of neighbouring
// options. Nothing is known at first but how many people each group has. Then bars
// are cut, the school and the years before the classes, the classes in turn: at the
// line between favourable and other answers, then between answers and none, then
// the rest. Those who gave no answer, and answers such as "don't know", stand
// beyond the unfavourable end, so that folding them leaves the favourable share
// clean. A cut is refused if
//
//   - a bar would have one or two pupils (zero is not small). This holds for years
//     and schools as well: "in full" means whatever is not small;
//   - all, or all but one, of those who answered would be seen in one bar, or on
//     one side of a favourable line that is shown: "everybody in 9B dislikes it"
//     tells what each of them said;
//   - it would give away a secret. A secret is a set of options chosen by one or
//     two people of a class, a year, or a cell whose class is hidden. "All but the
//     favourite" is such a set where all but two chose alike.
//
// # Alibis
//
// How is a secret known to be safe? What holds an alibi for each: another table of
// whole, non-negative counts which gives exactly the published figures, but in which
// the set has nobody, or three and more. While there is one, no sum, no difference,
// no reasoning about bounds and no computer can tell that the number is one or two.
// The alibi moves pupils in a ring: 7A's one "never" becomes "rarely", and a
// "rarely" in 7B, where the two are folded, becomes "never". It leaves the size of
// every cell alone, as if the reader had counted heads, and mostly keeps to options
// that somebody chose, as if the reader knew who was never mentioned. A cut that
// breaks an alibi is made only if another is found; a search that gives up early
// costs a bar, never a secret.
//
// # Bands
//
// A group without a headline left may say that "90% or more" were favourable, or
// chose its favourite option: rule R4's bands, see BandEdge. Alibis must stay inside
// the band. Groups under ten have no band, and are hidden. Options without
// neighbours (Unordered, or the best in the middle) are hidden instead of folded.
// For several choices see WhatOfEach.
//
// # Two pages about one question
//
// Pages that pupils see ask for ten in a bar. They are decided Within the rows that
// staff see: folded differently, the two together could give somebody away.
//
// # What it does not do
//
// It knows nothing of earlier snapshots (publish once, or make the snapshot part of
// the atoms), of comments, or of other questions: two questions about the same thing
// are two secrets. It does not defend against pupils who pool their own answers, nor
// against reasoning from the fact that this very procedure refused a cut. Never show
// a reader the Reason or the size of a hidden group.
package disclosure
