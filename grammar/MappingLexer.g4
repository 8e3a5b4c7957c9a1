// SPDX-License-Identifier: Apache-2.0
// The words of a mapping book, language version 1. Read README.md first.
// Line breaks and blanks only separate words, except that a table row is one token: from its first bar to the end of the
// line. The cells of a row are read by compiler/syntax/cells.cpp.
lexer grammar MappingLexer;

// Sections
MAPPING          : 'mapping' ;
REFERENCE        : 'reference' ;
LISTS            : 'lists' ;
TABLE            : 'table' ;
ACCOUNTS         : 'accounts' ;
DATES            : 'dates' ;
FOREIGN_CURRENCY : 'foreign_currency' ;
ORDER            : 'order' ;
EXPECTATIONS     : 'expectations' ;
APPROVALS        : 'approvals' ;
INTERCOMPANY     : 'intercompany' ;
RULE             : 'rule' ;
NO               : 'no' ;
HOLD             : 'hold' ;
TEST             : 'test' ;
INTAKE           : 'intake' ;

// mapping, reference
LANGUAGE  : 'language' ;
RELEASE   : 'release' ;
OWNER     : 'owner' ;
UNKNOWN   : 'unknown' ;
LEDGERS   : 'ledgers' ;
ENTITIES  : 'entities' ;
CALENDARS : 'calendars' ;
EVENTS    : 'events' ;

// tables
IMPOSSIBLE : 'impossible' ;
REMAINING  : 'remaining' ;
ROWS       : 'rows' ;
FROM       : 'from' ;

// dates, foreign currency
POSTING     : 'posting' ;
DATE        : 'date' ;
ELSE        : 'else' ;
ZONE        : 'zone' ;
ENTITY      : 'entity' ;
CLOSED      : 'closed' ;
SOFT_CLOSED : 'soft_closed' ;
ALLOW       : 'allow' ;
FIRST       : 'first' ;
OPEN        : 'open' ;
DAY         : 'day' ;
RATE        : 'rate' ;
ON          : 'on' ;
OLD         : 'old' ;
ROUNDING    : 'rounding' ;
MOST        : 'most' ;
PER         : 'per' ;
NEVER       : 'never' ;
ROUND       : 'round' ;

// order, expectations, approvals, intercompany
NEEDS     : 'needs' ;
BY        : 'by' ;
WAIT      : 'wait' ;
WITHIN    : 'within' ;
AFTER     : 'after' ;
EXCEPTION : 'exception' ;
OVER      : 'over' ;
LATE      : 'late' ;
PAIR      : 'pair' ;

// rules
BECAUSE    : 'because' ;
FOR        : 'for' ;
EACH       : 'each' ;
LINE       : 'line' ;
OF         : 'of' ;
WHEN       : 'when' ;
IS         : 'is' ;
NOT        : 'not' ;
AND        : 'and' ;
POST       : 'post' ;
IN         : 'in' ;
LEDGER     : 'ledger' ;
JOURNAL    : 'journal' ;
DEBIT      : 'debit' ;
CREDIT     : 'credit' ;
DIFFERENCE : 'difference' ;
TO         : 'to' ;
AT         : 'at' ;
WORTH      : 'worth' ;
WITH       : 'with' ;
ROUNDED    : 'rounded' ;
ENTRY      : 'entry' ;
SHARE      : 'share' ;
REST       : 'rest' ;
SAME       : 'same' ;
THE        : 'the' ;
ITS        : 'its' ;
BALANCE    : 'balance' ;
ITEMS      : 'items' ;
OLDEST     : 'oldest' ;
CARRYING   : 'carrying' ;
RECOGNISE  : 'recognise' ;
CHANGED    : 'changed' ;
REVERSE    : 'reverse' ;
EVERYTHING : 'everything' ;

// intake
SOURCE : 'source' ;
ONLY   : 'only' ;
ALSO   : 'also' ;
KNOWN  : 'known' ;
GIVES  : 'gives' ;
WHERE  : 'where' ;

// tests
PAYLOAD   : 'payload' ;
EVENT     : 'event' ;
AGAIN     : 'again' ;
EXPECT    : 'expect' ;
HELD      : 'held' ;
DUPLICATE : 'duplicate' ;
CONFLICT  : 'conflict' ;
WAITING   : 'waiting' ;
STORNO    : 'storno' ;
REVERSES  : 'reverses' ;
THROUGH   : 'through' ;

// Names, numbers, dates and codes are one family: letters, digits and _, joined inside by - and . (EU-RC, 4-4-5, 0400,
// 2026-10-01, line.net, 0.01). Words of the language count as such only where the grammar asks for them.
WORD : WordChar ( WordChar | [.\-] WordChar )* ;
fragment WordChar : [\p{L}\p{M}\p{Nd}_] ;

STRING : '"' ( '\\' ~[\r\n] | ~["\\\r\n] )* '"' ;
// Reported by the text check before the parser runs; read as a text, so that the rest of the file is still checked.
UNCLOSED : '"' ( '\\' ~[\r\n] | ~["\\\r\n] )* '\\'? -> type(STRING) ;
ROW : '|' ~[\r\n]* ;

COMMA   : ',' ;
PLUS    : '+' ;
MINUS   : '-' ;
STAR    : '*' ;
PERCENT : '%' ;
LPAREN  : '(' ;
RPAREN  : ')' ;

COMMENT : '--' ~[\r\n]* -> skip ;
BLANK   : [ \t\r\n]+ -> skip ;
// Everything else becomes a token too, so that the parser and not the lexer says what was expected.
STRAY : . ;
