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
  | ruleSection
  | noEntrySection
  | holdSection
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
datesItem    : postingDate | closedClause ;
postingDate  : POSTING DATE IS dateField ( COMMA ELSE dateField )* ;
dateField    : word ( IN ZONE OF ENTITY )? ;
closedClause : CLOSED ( HOLD | FIRST OPEN DAY ) ;

currencySection : FOREIGN_CURRENCY currencyItem* ;
currencyItem    : rateClause | roundingClause | neverClause | roundClause ;
rateClause      : RATE IS word ;
roundingClause  : ROUNDING TO word ( COMMA AT MOST word PER LINE )? ;
neverClause     : NEVER IN word ( COMMA word )* ;
roundClause     : ROUND word ;

// ---- rules

ruleSection : ruleHead ruleItem* ;
ruleHead    : RULE word STRING? ;
ruleItem    : becauseClause | forClause | whenClause | postBlock ;

becauseClause : BECAUSE STRING ;
forClause     : FOR ( EACH LINE OF )? word ( COMMA word )* ;
whenClause    : WHEN condition ( AND condition )* ;
condition     : word IS NOT? value ( COMMA value )* ;

postBlock  : postHead postItem* ;
postHead   : POST IN word ( COMMA JOURNAL word )* ;
postItem   : entryLine | difference ;
entryLine  : ( DEBIT | CREDIT ) word amount lineOption* ;
lineOption : AT word | WORTH word | WITH dimension ( COMMA dimension )* ;
dimension  : word value ;
difference : DIFFERENCE TO word COMMA word ;

// `rounded` belongs to the product on its left; a sum is rounded in parentheses. Signs and percentages are a loop and
// not a recursion: only parentheses nest, and their depth is limited before parsing.
amount  : term ( ( PLUS | MINUS ) term )* ;
term    : factor ( STAR factor )* ( ROUNDED word )? ;
factor  : prefix* operand ;
prefix  : MINUS | word PERCENT OF ;
operand : LPAREN amount RPAREN | word ;

noEntrySection : noEntryHead outcomeItem* ;
noEntryHead    : NO ENTRY FOR word ( COMMA word )* ;
holdSection    : holdHead outcomeItem* ;
holdHead       : HOLD word ( COMMA word )* ;
outcomeItem    : becauseClause | whenClause ;

// ---- tests

testSection : testHead testStep* ;
testHead    : TEST STRING ;
testStep    : testEvent | expectation ;

testEvent   : eventHead eventFields? eventLine* ;
eventHead   : EVENT word value AGAIN? ;
eventFields : COMMA? firstField ( COMMA nextField )* ;
eventLine   : LINE firstField ( COMMA nextField )* ;
firstField  : word fieldValue ;
nextField   : anyWord fieldValue ;
fieldValue  : MINUS? value ;

expectation  : expectHead expectedLine* ;
expectHead   : EXPECT ( NO ENTRY | HELD STRING | DUPLICATE | CONFLICT | WORD word word word ) ;
expectedLine : ( DEBIT | CREDIT ) word word word expectedPair* ;
expectedPair : COMMA? word value ;

// ---- words

value : STRING | word | HOLD | NO ;

// A name: any word but those that begin or join a construct where names stand too.
word
  : WORD
  | LANGUAGE | RELEASE | OWNER | UNKNOWN | LEDGERS | ENTITIES | CALENDARS | EVENTS
  | IMPOSSIBLE | REMAINING | ROWS | FROM
  | POSTING | DATE | ELSE | ZONE | ENTITY | CLOSED | FIRST | OPEN | DAY
  | RATE | ROUNDING | MOST | PER | NEVER | ROUND
  | OF | IN | LEDGER | JOURNAL | TO | ENTRY
  | HELD | DUPLICATE | CONFLICT
  ;

// Behind a comma nothing but a field name can stand, so every word will do.
anyWord
  : word
  | MAPPING | REFERENCE | LISTS | TABLE | ACCOUNTS | DATES | FOREIGN_CURRENCY | RULE | NO | HOLD | TEST
  | BECAUSE | FOR | EACH | LINE | WHEN | IS | NOT | AND | POST | DEBIT | CREDIT | DIFFERENCE
  | AT | WORTH | WITH | ROUNDED | EVENT | AGAIN | EXPECT
  ;
