package xlsform

// The codes of what is wrong with a file as a whole.
const (
	fileEmpty    = "file_empty"
	fileBig      = "file_big"
	filePassword = "file_password"
	fileOld      = "file_old"
	fileOther    = "file_other"
	fileUnpacks  = "file_unpacks"
	fileBroken   = "file_broken"
	manySheets   = "many_sheets"
	manyColumns  = "many_columns"
	manyRows     = "many_rows"
	manyCells    = "many_cells"
	longCell     = "long_cell"
)

// The codes of types that are not asked.
const (
	typePrivate  = "type_private"
	typePlace    = "type_place"
	typeMedia    = "type_media"
	typeBarcode  = "type_barcode"
	typeDate     = "type_date"
	typeDecimal  = "type_decimal"
	typeTick     = "type_tick"
	typeExternal = "type_external"
	typeRepeat   = "type_repeat"
	typeFile     = "type_file"
	typeOther    = "type_other"
	typeUnknown  = "type_unknown"
	typeNone     = "type_none"
)

// The codes of what else can be wrong in a form.
const (
	sheetMissing    = "sheet_missing"
	sheetNear       = "sheet_near"
	sheetTwice      = "sheet_twice"
	sheetRefused    = "sheet_refused"
	columnMissing   = "column_missing"
	columnTwice     = "column_twice"
	nameMissing     = "name_missing"
	nameBad         = "name_bad"
	nameTwice       = "name_twice"
	labelMissing    = "label_missing"
	labelAnswer     = "label_answer"
	listMissing     = "list_missing"
	choicesMissing  = "choices_missing"
	choiceListNone  = "choice_list_none"
	choiceNameNone  = "choice_name_none"
	choiceTwice     = "choice_twice"
	choiceSpaces    = "choice_spaces"
	choiceFilter    = "choice_filter"
	choicesAllowed  = "choice_duplicates"
	groupOpen       = "group_open"
	groupNone       = "group_none"
	groupNotes      = "group_notes"
	constraintNone  = "constraint_none"
	constraintOther = "constraint_other"
	rangeBad        = "range_bad"
	ruleUnread      = "rule_unread"
	ruleFunction    = "rule_function"
	ruleNoQuestion  = "rule_no_question"
	ruleSilent      = "rule_silent"
	ruleGroup       = "rule_group"
	ruleItself      = "rule_itself"
	ruleLater       = "rule_later"
	languageNone    = "language_none"
	translationLong = "translation_long"
	translationOdd  = "translation_odd"
	audienceNone    = "audience_none"
	valueUnknown    = "value_unknown"
	voiceUnknown    = "voice_unknown"
	wholeNumber     = "whole_number"
)

var sentences = map[string]string{
	fileEmpty:    "The file is empty. Save the workbook again and choose it once more.",
	fileBig:      "The file is larger than {most} MB, and a form never is. Take pictures and other sheets out of it.",
	filePassword: "The workbook is protected with a password, so it cannot be read. Save it without one.",
	fileOld:      "This is an old Excel file (.xls). Open it in a spreadsheet program and save it as an Excel workbook (.xlsx).",
	fileOther:    "This is no Excel workbook (.xlsx). Save the form as one and choose it again.",
	fileUnpacks:  "The workbook unpacks to far more than a form needs, so it was not opened. Copy the sheets survey, choices and settings into a new workbook.",
	fileBroken:   "The workbook is damaged and cannot be read. Open it in a spreadsheet program and save it as a new .xlsx file.",
	manySheets:   "The workbook has more than {most} sheets. Keep survey, choices and settings.",
	manyColumns:  "There are more than {most} columns. Delete those without a heading, as far as the sheet goes.",
	manyRows:     "There are more than {most} rows. Delete those below the form, as far as the sheet goes.",
	manyCells:    "The workbook has more than {most} cells with something in them. Keep the sheets survey, choices and settings only.",
	longCell:     "The text in this cell is too long. Shorten it.",

	typePrivate:  "The type {type} collects what tells who somebody is, and Earshot keeps none of that. Take the row out.",
	typePlace:    "The type {type} collects where somebody is, and Earshot keeps none of that. Take the row out.",
	typeMedia:    "The type {type} takes a picture, a sound or a file, which can show who somebody is. Take the row out, or ask in words.",
	typeBarcode:  "A barcode cannot be asked for here. Take the row out, or ask with choices.",
	typeDate:     "The type {type} cannot be asked for: an exact day or time can point at a person. Ask with select_one, for example by term or part of the day.",
	typeDecimal:  "Earshot counts whole numbers only. Use integer with a constraint such as . >= 0 and . <= 100.",
	typeTick:     "A box to tick is no question. Use note for words to read, or select_one with two choices.",
	typeExternal: "The choices of this question stand outside the sheet choices. Put them into it and use select_one.",
	typeRepeat:   "Questions that repeat cannot be asked here. Ask them once, without {type} and its end.",
	typeFile:     "The choices of this question stand in another file. Put them into the sheet choices and use select_one or select_multiple.",
	typeOther:    "An answer of one’s own cannot hang on a question. Add a choice “other” to the list, and a text question with relevant, such as selected(${sex}, 'other').",
	typeUnknown:  "The type {type} is not known. Use one of select_one, select_multiple, rank, integer, range, text, note, begin_group and end_group.",
	typeNone:     "This row has a name or a label but no type. Write a type, or clear the row.",

	sheetMissing:   "There is no sheet called {sheet}. Add it, or choose another file.",
	sheetNear:      "There is no sheet called {sheet}, but one called {near}. Did you mean it? Call it {sheet}.",
	sheetTwice:     "There are two sheets called {sheet}. Keep one.",
	sheetRefused:   "Earshot does not work with what the sheet {sheet} is for. Take it out.",
	columnMissing:  "There is no column {column}. Add it to the first row.",
	columnTwice:    "Two columns stand for {column}. Keep one.",
	nameMissing:    "This row has no name. Give it one, such as lunch_queue.",
	nameBad:        "The name {name} cannot be used. Begin with a letter, and use letters, digits, - and _ only.",
	nameTwice:      "The name {name} is used in row {row} already. Give one of the two another name.",
	labelMissing:   "There are no words to read in {column}. Write them.",
	labelAnswer:    "The words have {ref}, an earlier answer put into a text, which Earshot does not do. Write them without it.",
	listMissing:    "There is no list {list} in the sheet choices. Add its choices, or correct the name.",
	choicesMissing: "The form has questions with choices, but no sheet called choices. Add it.",
	choiceListNone: "This choice belongs to no list. Write the name of its list in list_name.",
	choiceNameNone: "This choice has no name. Give it one, such as yes.",
	choiceTwice:    "The list {list} has the name {name} in row {row} already. Give one of the two another name.",
	choiceSpaces:   "The name {name} has spaces, which answers to select_multiple cannot have. Write _ in their place.",
	choiceFilter:   "Choices that hang on an earlier answer cannot be asked. Make a question of each list, with relevant, and clear choice_filter.",
	choicesAllowed: "Choices with the same name in one list cannot be counted apart. Give each its own name, and write no here.",
	groupOpen:      "The group that begins here has no end_group. Add one below its last question.",
	groupNone:      "There is no group to end here. Take the row out, or add the begin_group that is missing.",
	groupNotes:     "This part has words but no question, and stands between parts that not everybody sees. Put the note with a question.",

	constraintNone:  "A whole number needs a least and a largest answer. Write in constraint, for example: . >= 0 and . <= 20",
	constraintOther: "The constraint {constraint} cannot be kept here. For an integer write a least and a largest number, such as . >= 0 and . <= 20; for select_multiple a largest count, such as count-selected(.) <= 3; otherwise clear it.",
	rangeBad:        "A range needs whole numbers and steps of one. Write in parameters, for example: start=0 end=10 step=1",
	ruleUnread:      "The condition {expression} cannot be read near {near}. Write it like selected(${lunch}, 'canteen').",
	ruleFunction:    "The condition uses {function}, which is not known here. There are: {known}.",
	ruleNoQuestion:  "The condition looks at {ref}, and nothing in this form has that name. Correct it.",
	ruleSilent:      "The condition looks at {ref}, which nobody answers: it is worked out or recorded, and Earshot does neither. Look at the question itself.",
	ruleGroup:       "The condition looks at {ref}, which is a group. Look at a question.",
	ruleItself:      "The condition of {ref} looks at {ref} itself, so it would never be asked. Look at an earlier question.",
	ruleLater:       "The condition looks at {ref}, which is asked at the same place or later, in row {row}. Only earlier answers can decide: move one of the two.",
	languageNone:    "It is not clear which language {language} is. Write its code in brackets in the headings, such as label::{language} (en).",
	translationLong: "This translation has more than {most} characters. Shorten it.",
	translationOdd:  "This has characters that cannot be shown. Type it again.",
	audienceNone:    "The file does not say who will answer. Choose it beside the file.",
	valueUnknown:    "{value} is not one of: {known}. Use one of these.",
	voiceUnknown:    "The sheet _voice names {name}, which is not in the sheet survey. Correct the name, or take the row out.",
	wholeNumber:     "{value} is no whole number. Write one, such as 2.",
}

// The codes of what somebody should know about a form that was read.
const (
	noteRequired   = "note_required"
	noteQuotes     = "note_quotes"
	noteBare       = "note_bare"
	noteLanguage   = "note_language"
	noteEnglish    = "note_english"
	noteColumns    = "note_columns"
	noteAppearance = "note_appearance"
	noteSilent     = "note_silent"
	noteComment    = "note_comment"
	noteDisabled   = "note_disabled"
	noteAbout      = "note_about"
	noteScores     = "note_scores"
	noteFavourable = "note_favourable"
	noteNamed      = "note_named"
	noteTitled     = "note_titled"
	noteFlat       = "note_flat"
	noteRank       = "note_rank"
	noteWords      = "note_words"
	noteTwoWays    = "note_two_ways"
	noteLarge      = "note_large"
	noteNear       = "note_near"
)

var notes = map[string]string{
	noteRequired:   "Required is taken as a gentle reminder: nobody is made to answer.",
	noteQuotes:     "Curly quotation marks were read as straight ones.",
	noteBare:       "This column names no language. It was taken for {language}, the language of the form.",
	noteLanguage:   "Earshot does not ask in {language}. The column is kept for saving the form again.",
	noteEnglish:    "Earshot translates from English, not into it. The column is kept for saving the form again; to use it, make English the default_language.",
	noteColumns:    "Not used here, but kept for saving the form again: {columns}.",
	noteAppearance: "Earshot decides itself how a question looks. Kept for saving the form again: {appearances}.",
	noteSilent:     "A {type} is not worked out here. The row is kept for saving the form again.",
	noteComment:    "This row has no type, name or label, so it was taken for a remark and kept.",
	noteDisabled:   "This row is switched off, so it is not asked. It is kept for saving the form again.",
	noteAbout:      "The file does not say what the questions are about, so all were taken to be about: {about}. That decides who may see the answers. If that is wrong, save the survey as a spreadsheet, correct the sheet _voice in it, and read it again.",
	noteScores:     "The scores of the list {list} do not go up from the first choice to the last, so it was taken for choices without an order.",
	noteFavourable: "The list {list} has scores, but no choice is marked yes in a column favourable, so it was taken for choices without an order.",
	noteNamed:      "The choice {name} is called {id} here.",
	noteTitled:     "These questions stand in no group with a label, so their part was given the title {title}.",
	noteFlat:       "Groups within groups became parts one after the other.",
	noteRank:       "People put the first {places} in order.",
	noteWords:      "The words or choices of {item} are not those of the question bank, so it became a question of your own.",
	noteTwoWays:    "{words} is translated in two ways into {language}. The first was taken.",
	noteLarge:      "The workbook holds so much beside the questions that only the questions were kept.",
	noteNear:       "There is no sheet called {sheet}, but one called {near}. Did you mean it? Then call it {sheet} and read the file again.",
}
