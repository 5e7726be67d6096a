// Characters of JSON as `charCodeAt` codes.
/** `"` */
export const quote = 0x22;
/** `,` */
export const comma = 0x2c;
/** `:` */
export const colon = 0x3a;
/** `[` */
export const openBracket = 0x5b;
/** A backslash. */
export const backslash = 0x5c;
/** `]` */
export const closeBracket = 0x5d;
/** `u` */
export const letterU = 0x75;
/** `{` */
export const openBrace = 0x7b;
/** `}` */
export const closeBrace = 0x7d;
