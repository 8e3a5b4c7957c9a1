// SPDX-License-Identifier: Apache-2.0
// The structure of a mapping book, language version 1. Read README.md first: it says how words of the language may be
// used as names and how faults are recovered from. Every repetition of a section stands in a rule of its own
// (`ruleSection : ruleHead ruleItem*`), because recovery restarts there.
parser grammar MappingParser;

options { tokenVocab = MappingLexer; }

book : section* EOF ;

section
  : mappingSection
  | referenceSection
  | listsSection
  | tableSection
  | accountsSection
  | datesSection
  | currencySection
  | orderSection
  | expectationsSection
  | approvalsSection
  | intercompanySection
  | ruleSection
  | noEntrySection
  | holdSection
  | intakeSection
  | testSection
  ;

// ---- mapping, reference, lists

mappingSection : mappingHead property* ;
mappingHead    : MAPPING word STRING? ;
property       : ( LANGUAGE | RELEASE | OWNER | UNKNOWN | LEDGERS ) value ( COMMA value )* ;

referenceSection : REFERENCE referenceItem* ;
referenceItem    : ( ENTITIES | ACCOUNTS | CALENDARS | EVENTS ) STRING ;

listsSection : LISTS listItem* ;
listItem     : word IS value ( COMMA value )* ;

// ---- tables

tableSection : tableHead tablePart* ;
tableHead    : TABLE word STRING? ;
// Rows after `impossible` state combinations that cannot occur.
tablePart    : ROW | IMPOSSIBLE | remaining | csvRows ;
remaining    : REMAINING word IMPOSSIBLE BECAUSE STRING ;
csvRows      : ROWS FROM STRING ;

accountsSection : ACCOUNTS ROW* ;

// ---- dates, foreign currency

datesSection : DATES datesItem* ;
datesItem    : postingDate | closedClause | softClosed ;
postingDate  : POSTING DATE IS dateField ( COMMA ELSE dateField )* ;
dateField    : field ( IN ZONE OF ENTITY )? ;
closedClause : CLOSED ( HOLD | FIRST OPEN DAY ) ;
softClosed   : SOFT_CLOSED ALLOW word ( COMMA word )* ;

currencySection : FOREIGN_CURRENCY currencyItem* ;
currencyItem    : rateClause | roundingClause | neverClause | roundClause ;
rateClause      : RATE ( IS field | FROM word ON field COMMA AT MOST word word OLD ) ;
roundingClause  : ROUNDING TO word ( COMMA AT MOST word PER LINE )? ;
neverClause     : NEVER IN word ( COMMA word )* ;
roundClause     : ROUND word ;

// ---- order, expectations, approvals, intercompany

orderSection : ORDER orderItem* ;
orderItem    : word NEEDS word BY field COMMA WAIT word word COMMA ELSE HOLD FOR word ;

expectationsSection : EXPECTATIONS expectationItem* ;
expectationItem     : word WITHIN word word AFTER word BY field COMMA ELSE EXCEPTION FOR word ;

approvalsSection : APPROVALS approvalItem* ;
approvalItem     : ( LATE | word ( COMMA word )* ) OVER word ( IN word ( COMMA word )* )? BY word ;

intercompanySection : INTERCOMPANY pairItem* ;
pairItem            : PAIR word COMMA word BY word ;

// ---- rules

ruleSection : ruleHead ruleItem* ;
ruleHead    : RULE word STRING? ;
ruleItem    : ledgerClause | becauseClause | forClause | whenClause | postBlock | recogniseBlock | reverseClause ;

ledgerClause  : IN LEDGER word ;
becauseClause : BECAUSE STRING ;
forClause     : FOR ( EACH LINE OF )? word ( COMMA word )* ;
whenClause    : WHEN condition ( AND condition )* ;
condition     : field IS NOT? value ( COMMA value )* ;

postBlock  : postHead postItem* ;
postHead   : POST IN word ( COMMA JOURNAL word )* ;
postItem   : entryLine | difference ;
entryLine  : ( DEBIT | CREDIT ) word take limit? lineOption* ;
// `rest` and `same` alone are not the names of fields; in a longer amount they are.
take       : REST OF amount | REST | SAME | amount ;
limit      : COMMA ( AT MOST ITS BALANCE | OVER ITS OPEN ITEMS BY field ) FOR field ( COMMA field )* itemOrder?
             ( COMMA? ELSE HOLD )? ;
itemOrder  : COMMA OLDEST FIRST | WITH THE SAME word ;
lineOption : AT CARRYING RATE | AT field | WORTH field | WITH dimension ( COMMA dimension )* ;
dimension  : field value ;
difference : DIFFERENCE TO word COMMA word ;

recogniseBlock   : recogniseHead recogniseItem* ;
recogniseHead    : RECOGNISE amount OVER field TO field BY field ( IN word )? ( COMMA JOURNAL word )* ;
recogniseItem    : scheduleFor | scheduleRounding | entryLine | difference ;
// Taken before `for EVENT` of the rule, which stands above `recognise`.
scheduleFor      : FOR field ( COMMA field )* ( WHEN CHANGED ( word | HOLD ) )? ;
scheduleRounding : ROUNDING word ;

reverseClause : REVERSE EVERYTHING FOR field ;

// `rounded` belongs to the product on its left; a sum is rounded in parentheses. Signs and percentages are a loop and
// not a recursion: only parentheses nest, and their depth is limited before parsing.
amount  : term ( ( PLUS | MINUS ) term )* ;
term    : factor ( STAR factor )* ( ROUNDED word )? ;
factor  : prefix* operand ;
prefix  : MINUS | word PERCENT OF ;
operand : share | LPAREN amount RPAREN | field ;
share   : SHARE OF ( LPAREN amount RPAREN | field ) BY field ;

noEntrySection : noEntryHead outcomeItem* ;
noEntryHead    : NO ENTRY FOR word ( COMMA word )* ;
holdSection    : holdHead outcomeItem* ;
holdHead       : HOLD word ( COMMA word )* ;
outcomeItem    : ledgerClause | becauseClause | whenClause ;

// ---- intake

// Rows and `also known` above the first kind are for all kinds. The cells of a row are read by intake_cells.cpp.
intakeSection : intakeHead intakeItem* ;
intakeHead    : INTAKE word STRING? ;
intakeItem    : becauseClause | sourceClause | onlyClause | knownClause | ROW | nothingClause | intakeKind ;
sourceClause  : SOURCE STRING ;
onlyClause    : ONLY payloadWhen BECAUSE STRING ;
nothingClause : NO EVENT partClause? payloadWhen BECAUSE STRING ;

intakeKind  : kindHead kindItem* ;
kindHead    : partClause? payloadWhen? GIVES word ;
kindItem    : ROW | linesClause | knownClause ;
linesClause : FOR EACH LINE OF path ( WHERE payloadTest ( AND payloadTest )* )? ;

partClause  : FOR EACH OF path ;
payloadWhen : WHEN payloadTest ( AND payloadTest )* ;
payloadTest : path IS NOT? value ( COMMA value )* ;
knownClause : ALSO KNOWN knownPath ( COMMA knownPath )* ;
knownPath   : ( EVERYTHING IN )? path ;

// ---- tests

testSection : testHead testStep* ;
testHead    : TEST STRING ;
testStep    : testRate | testThrough | testPayload | testEvent | expectation ;

testRate    : RATE word word word word ON word ;
testThrough : THROUGH word ;
testPayload : PAYLOAD word STRING ;

testEvent   : eventHead eventFields? eventLine* ;
eventHead   : EVENT word value AGAIN? ;
eventFields : COMMA? firstField ( COMMA nextField )* ;
eventLine   : LINE firstField ( COMMA nextField )* ;
firstField  : field fieldValue ;
nextField   : anyWord fieldValue ;
fieldValue  : MINUS? value ;

expectation     : expectHead expectedLine* ;
expectHead      : EXPECT ( NO ENTRY | HELD STRING | DUPLICATE | CONFLICT | WAITING | EXCEPTION STRING
                         | BALANCE OF expectedBalance | WORD word word word expectOption* ) ;
expectOption    : IN LEDGER word | STORNO | REVERSES value ;
expectedBalance : word ( COMMA word )* ( IN word )? ( IN LEDGER word )? ON word IS signedNumber word expectedPair* ;
expectedLine    : ( DEBIT | CREDIT ) word word signedNumber expectedPair* ;
signedNumber    : MINUS? word ;
expectedPair    : COMMA anyWord fieldValue | pairWord fieldValue ;

// ---- words

value : STRING | field | HOLD | NO | THROUGH ;

// A member of a foreign payload and what leads to it; in quotes when it is made of other signs.
path : anyWord | STRING ;

// A name: any word but those that begin or join a construct where names stand too.
word : pairWord | RATE | PAYLOAD ;

// Where only a field or an answer can be meant.
field : word | ORDER ;

// Behind an expected line, where `rate`, `payload` and `order` begin something else.
pairWord
  : WORD
  | LANGUAGE | RELEASE | OWNER | UNKNOWN | LEDGERS | ENTITIES | CALENDARS | EVENTS
  | IMPOSSIBLE | REMAINING | ROWS | FROM
  | POSTING | DATE | ZONE | ENTITY | CLOSED | SOFT_CLOSED | ALLOW | FIRST | OPEN | DAY
  | ON | OLD | ROUNDING | PER | NEVER | ROUND
  | BY | WAIT | WITHIN | AFTER | EXCEPTION | OVER | LATE | PAIR
  | OF | IN | LEDGER | JOURNAL | TO | ENTRY
  | SHARE | REST | SAME | BALANCE | ITEMS | OLDEST | CARRYING | CHANGED | EVERYTHING
  | HELD | DUPLICATE | CONFLICT | WAITING | STORNO | REVERSES
  | SOURCE | ONLY | ALSO | KNOWN | GIVES | WHERE
  ;

// Behind a comma nothing but a field name can stand, so every word will do.
anyWord
  : field
  | MAPPING | REFERENCE | LISTS | TABLE | ACCOUNTS | DATES | FOREIGN_CURRENCY | EXPECTATIONS | APPROVALS | INTERCOMPANY
  | RULE | NO | HOLD | INTAKE | TEST | NEEDS | ELSE | MOST | THE | ITS
  | BECAUSE | FOR | EACH | LINE | WHEN | IS | NOT | AND | POST | DEBIT | CREDIT | DIFFERENCE | RECOGNISE | REVERSE
  | AT | WORTH | WITH | ROUNDED | EVENT | AGAIN | EXPECT | THROUGH
  ;
