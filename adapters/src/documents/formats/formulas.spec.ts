import { describe, expect, it } from '@jest/globals';
import { docx } from '../../testing/files/office-files.js';
import { writeZip } from '../../testing/files/write-zip.js';
import { defaultLimits } from '../limits.js';
import { parseBytes } from '../parse-bytes.js';
import { readSlide } from '../parsers/pptx/read-slide.js';

const textOf = async (content: Uint8Array | string, name: string): Promise<string> =>
  (await parseBytes({ content: typeof content === 'string' ? Buffer.from(content) : content, name }, defaultLimits))
    .text;

const math = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"';
const run = (text: string): string => `<m:r><m:t>${text}</m:t></m:r>`;
const formula = (inner: string): string => `<m:oMath ${math}>${inner}</m:oMath>`;
const word = (inner: string): Promise<string> =>
  textOf(
    docx(
      `<w:p><w:r><w:t xml:space="preserve">Here </w:t></w:r>${formula(inner)}<w:r><w:t xml:space="preserve"> holds.</w:t></w:r></w:p>`,
    ),
    'a.docx',
  );
const e = (text: string): string => `<m:e>${run(text)}</m:e>`;
const sub = (text: string): string => `<m:sub>${run(text)}</m:sub>`;
const sup = (text: string): string => `<m:sup>${run(text)}</m:sup>`;

describe('formulas of Word', () => {
  it.each([
    ['a power', `${run('E=m')}<m:sSup>${e('c')}${sup('2')}</m:sSup>`, 'E=mc^{2}'],
    ['a fraction', `<m:f><m:fPr/><m:num>${run('a')}</m:num><m:den>${run('b')}</m:den></m:f>`, '\\frac{a}{b}'],
    ['indices', `<m:sSubSup>${e('x')}${sub('i')}${sup('2')}</m:sSubSup>`, 'x_{i}^{2}'],
    ['a root', `<m:rad><m:radPr/><m:deg/>${e('x')}</m:rad>`, '\\sqrt{x}'],
    ['a cubic root', `<m:rad><m:deg>${run('3')}</m:deg>${e('x')}</m:rad>`, '\\sqrt[3]{x}'],
    [
      'a sum',
      `<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr>${sub('i=1')}${sup('n')}${e('x')}</m:nary>`,
      '∑_{i=1}^{n}{x}',
    ],
    ['an integral', `<m:nary>${sub('0')}${sup('1')}${e('f')}</m:nary>`, '∫_{0}^{1}{f}'],
    ['brackets', `<m:d><m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/></m:dPr>${e('a')}${e('b')}</m:d>`, '[a|b]'],
    ['a function', `<m:func><m:fName>${run('sin')}</m:fName>${e('x')}</m:func>`, 'sin x'],
    [
      'a matrix',
      `<m:m><m:mr>${e('a')}${e('b')}</m:mr><m:mr>${e('c')}${e('d')}</m:mr></m:m>`,
      '\\begin{matrix}a & b \\\\ c & d\\end{matrix}',
    ],
    ['signs of XML', run('a &lt; b &amp; c'), 'a < b & c'],
  ])('keep %s at its position in the text', async (_, inner, latex) => {
    expect(await word(inner)).toBe(`Here $${latex}$ holds.\n`);
  });

  it('are kept on lines of their own, and empty ones leave nothing', async () => {
    const alone = `<m:oMathPara ${math}><m:oMathParaPr><m:jc m:val="left"/></m:oMathParaPr>${formula(run('a=b'))}</m:oMathPara>`;
    const body = `<w:p>${alone}</w:p><w:p>${formula('')}</w:p><w:p><w:r><w:t>End.</w:t></w:r></w:p>`;
    expect(await textOf(docx(body), 'a.docx')).toBe('$a=b$\n\nEnd.\n');
  });

  it('are read when they are deeply nested or many', async () => {
    const deep = (levels: number): string =>
      levels === 0 ? run('x') : `<m:f><m:num>${deep(levels - 1)}</m:num><m:den>${run('2')}</m:den></m:f>`;
    expect(await word(deep(20))).toContain('x');
    // Each level is read once: reading each twice would read the innermost a billion times.
    const indices = (levels: number): string =>
      levels === 0 ? run('x') : `<m:sSub>${e('a')}<m:sub>${indices(levels - 1)}</m:sub></m:sSub>`;
    expect(await word(indices(28))).toContain('a_{a_{a');
    const many = `<w:p>${formula(run('q')).repeat(20_000)}</w:p>`;
    expect((await textOf(docx(many), 'a.docx')).match(/\$q\$/g)).toHaveLength(20_000);
  });
});

describe('formulas of PowerPoint', () => {
  it('keep their form', () => {
    const content = formula(`<m:f><m:num>${run('a')}</m:num><m:den>${run('b')}</m:den></m:f>`);
    const xml = `<p:sld xmlns:p="p" xmlns:a="a"><p:sp><p:txBody><a:p><a:r><a:t>Share </a:t></a:r>${content}</a:p></p:txBody></p:sp></p:sld>`;
    expect(readSlide(Buffer.from(xml)).blocks).toEqual(['Share $\\frac{a}{b}$']);
  });
});

describe('formulas of LibreOffice', () => {
  const odt = (body: string, objects: Readonly<Record<string, string>>): Buffer =>
    writeZip([
      { name: 'mimetype', content: 'application/vnd.oasis.opendocument.text' },
      {
        name: 'content.xml',
        content: `<office:document-content xmlns:office="o" xmlns:text="t" xmlns:draw="d" xmlns:xlink="x"><office:body><office:text>${body}</office:text></office:body></office:document-content>`,
      },
      ...Object.entries(objects).map(([name, content]) => ({ name: `${name}/content.xml`, content })),
    ]);
  const frame = (name: string): string => `<draw:frame><draw:object xlink:href="./${name}"/><draw:image/></draw:frame>`;
  const half =
    '<?xml version="1.0"?><math xmlns="m"><semantics><mfrac><mi>a</mi><mn>2</mn></mfrac><annotation encoding="StarMath 5.0">a over 2</annotation></semantics></math>';

  it('keep their positions in the text', async () => {
    const body = `<text:p>Here ${frame('Object 1')} holds.</text:p>`;
    expect(await textOf(odt(body, { 'Object 1': half }), 'a.odt')).toBe('Here $\\frac{a}{2}$ holds.');
  });

  it('leave the rest unchanged when they are missing or invalid', async () => {
    const body = `<text:p>Here ${frame('Object 1')}${frame('../../etc')}stands.</text:p>`;
    expect(await textOf(odt(body, { 'Object 1': '<office:document-content xmlns:office="o"/>' }), 'a.odt')).toBe(
      'Here stands.',
    );
  });
});

describe('formulas of web pages', () => {
  const page = (inner: string): Promise<string> =>
    textOf(`<!doctype html><html><body><p>Here ${inner} holds.</p></body></html>`, 'a.html');

  it.each([
    ['elements', '<math><mi>E</mi><mo>=</mo><msup><mi>c</mi><mn>2</mn></msup></math>', 'E=c^{2}'],
    ['a fraction', '<math display="block"><mfrac><mi>a</mi><mi>b</mi></mfrac></math>', '\\frac{a}{b}'],
    ['bare text', '<math>E=mc</math>', 'E=mc'],
    ['entities', '<math><mi>a</mi><mo>&lt;</mo><mi>b</mi></math>', 'a<b'],
    [
      'a table',
      '<MATH><mtable><mtr><mtd>x</mtd><mtd><mi>a</mi></mtd></mtr></mtable></MATH>',
      '\\begin{matrix}x & a\\end{matrix}',
    ],
    [
      'LaTeX of the page',
      '<math><semantics><mrow><mi>x</mi></mrow><annotation encoding="application/x-tex">\\vec{x}</annotation></semantics></math>',
      '\\vec{x}',
    ],
  ])('are kept: %s', async (_, inner, latex) => {
    expect(await page(inner)).toBe(`Here $${latex}$ holds.\n`);
  });

  it('are read when they are deeply nested, each level once', async () => {
    const deep = `${'<mrow>'.repeat(50)}<mi>x</mi>${'</mrow>'.repeat(50)}`;
    expect(await page(`<math>${deep}</math>`)).toBe('Here $x$ holds.\n');
    const roots = `${'<msqrt>'.repeat(50)}<mi>x</mi>${'</msqrt>'.repeat(50)}`;
    expect(await page(`<math>${roots}</math>`)).toContain('\\sqrt{\\sqrt{');
  });

  it('do not hang when they have no end or fill the page', async () => {
    expect(await page(`<math><mi>x</mi>${'<math'.repeat(50_000)}`)).toContain('Here');
  });
});
