export interface JunitCase {
  readonly name: string;
  readonly ms: number;
  readonly failures: readonly string[];
}

/**
 * Formats test cases as JUnit XML, which CI systems read.
 *
 * @example junitXml('replay', [{ name: 'row 1', ms: 5, failures: [] }])
 */
export function junitXml(suite: string, cases: readonly JunitCase[]): string {
  const failed = cases.filter(({ failures }) => failures.length > 0).length;
  const time = cases.reduce((sum, { ms }) => sum + ms, 0) / 1_000;
  const lines = cases.flatMap(({ name, ms, failures }) => {
    const open = `    <testcase classname="${escaped(suite)}" name="${escaped(name)}" time="${(ms / 1_000).toFixed(3)}"`;
    if (failures.length === 0) return [`${open}/>`];
    return [`${open}>`, ...failures.map((text) => `      <failure message="${escaped(text)}"/>`), '    </testcase>'];
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite name="${escaped(suite)}" tests="${cases.length}" failures="${failed}" time="${time.toFixed(3)}">`,
    ...lines,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Escapes text, without the characters that XML 1.0 does not allow (https://www.w3.org/TR/xml/#charsets). */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll(/[&<>"]/g, (character) => names[character] ?? '')
    .replaceAll('\n', '&#10;');
}
