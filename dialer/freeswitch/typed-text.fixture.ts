import fc from 'fast-check';

/** Whatever people may type, rich in what FreeSWITCH gives a meaning to. */
export const typed = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        ...[
          "'",
          '"',
          '\\',
          ',',
          '{',
          '}',
          '[',
          ']',
          '<',
          '>',
          '^^',
          '^',
          '|',
          ':_:',
          ';',
          '=',
          ' ',
          '$',
          '${x}',
          '&park()',
        ],
        ...[
          '\n',
          '\r',
          '\n\napi shutdown',
          'a',
          '\\n',
          '\\s',
          '~',
          '名',
          'sofia/gateway/x/1',
          'origination_nested_vars=true',
        ],
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);
