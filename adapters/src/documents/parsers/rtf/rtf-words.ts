/** Groups whose text does not belong to the document. */
export const unreadGroups: ReadonlySet<string> = new Set([
  ...['fonttbl', 'colortbl', 'stylesheet', 'info', 'pict', 'fldinst', 'listtext', 'pntext', 'xe', 'tc', 'rxe', 'tcn'],
  ...[
    'themedata',
    'colorschememapping',
    'datastore',
    'latentstyles',
    'listtable',
    'listoverridetable',
    'revtbl',
    'rsidtbl',
  ],
  ...['generator', 'mmathPr', 'xmlnstbl', 'filetbl', 'objdata', 'objclass', 'bkmkstart', 'bkmkend', 'sp', 'nonshppict'],
  ...[
    'pgdsctbl',
    'annotation',
    'atnid',
    'atnauthor',
    'atrfstart',
    'atrfend',
    'ftnsep',
    'ftnsepc',
    'aftnsep',
    'aftnsepc',
  ],
  ...['private', 'template', 'userprops', 'wgrffmtfilter', 'background', 'htmltag', 'mhtmltag'],
]);

/** Groups that are marked as ignorable for old programs but contain text of the document. */
export const readGroups: ReadonlySet<string> = new Set([
  'shpinst',
  'shptxt',
  'shprslt',
  'shp',
  'nesttableprops',
  'footnote',
]);

/** Control words that stand for a character. */
export const signs: Readonly<Record<string, string>> = {
  '~': '\u00a0',
  _: '-',
  '\\': '\\',
  '{': '{',
  '}': '}',
  tab: ' ',
  line: '\n',
  emdash: '\u2014',
  endash: '\u2013',
  bullet: '\u2022',
  lquote: '\u2018',
  rquote: '\u2019',
  ldblquote: '\u201c',
  rdblquote: '\u201d',
  emspace: ' ',
  enspace: ' ',
  qmspace: ' ',
};

/** Code pages by the character set number of a font. */
export const charsets: Readonly<Record<number, string>> = {
  0: 'windows-1252',
  77: 'macroman',
  128: 'shift_jis',
  129: 'cp949',
  134: 'gbk',
  136: 'big5',
  161: 'windows-1253',
  162: 'windows-1254',
  163: 'windows-1258',
  177: 'windows-1255',
  178: 'windows-1256',
  186: 'windows-1257',
  204: 'windows-1251',
  222: 'windows-874',
  238: 'windows-1250',
};
