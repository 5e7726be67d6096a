import { writeZip, type ZipFile } from './write-zip.js';

const relationships = (entries: readonly string[]): string =>
  `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${entries.join('')}</Relationships>`;
const relationship = (id: string, target: string, type = 'x'): string =>
  `<Relationship Id="${id}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}" Target="${target}"/>`;

/** Builds a Word document from the XML of its body. */
export const docx = (body: string, more: readonly ZipFile[] = []): Buffer =>
  writeZip([
    {
      name: '[Content_Types].xml',
      content:
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    },
    { name: '_rels/.rels', content: relationships([relationship('r1', 'word/document.xml', 'officeDocument')]) },
    {
      name: 'word/document.xml',
      content: `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`,
    },
    ...more,
  ]);

/** Builds a Word paragraph, optionally with a style. */
export const paragraph = (text: string, style?: string): string =>
  `<w:p>${style === undefined ? '' : `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>`}<w:r><w:t>${text}</w:t></w:r></w:p>`;

/** Builds a workbook: sheets by name, each with the XML of its rows. */
export const xlsx = (
  sheets: Readonly<Record<string, string>>,
  parts: { readonly strings?: readonly string[]; readonly styles?: string; readonly date1904?: boolean } = {},
): Buffer => {
  const names = Object.keys(sheets);
  return writeZip([
    {
      name: 'xl/workbook.xml',
      content: `<workbook xmlns:r="r">${parts.date1904 === true ? '<workbookPr date1904="1"/>' : ''}<sheets>${names.map((name, index) => `<sheet name="${name}" ${name.startsWith('hidden') ? 'state="hidden" ' : ''}r:id="r${index}"/>`).join('')}</sheets></workbook>`,
    },
    // The order of the files differs from the order of the sheets on purpose.
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: relationships(
        names.map((_, index) => relationship(`r${index}`, `worksheets/sheet${names.length - index}.xml`)),
      ),
    },
    ...names.map((name, index) => ({
      name: `xl/worksheets/sheet${names.length - index}.xml`,
      content: `<worksheet><sheetData>${sheets[name]}</sheetData></worksheet>`,
    })),
    ...(parts.strings === undefined
      ? []
      : [
          {
            name: 'xl/sharedStrings.xml',
            content: `<sst>${parts.strings.map((text) => `<si>${text}</si>`).join('')}</sst>`,
          },
        ]),
    ...(parts.styles === undefined
      ? []
      : [{ name: 'xl/styles.xml', content: `<styleSheet>${parts.styles}</styleSheet>` }]),
  ]);
};

/** Builds a presentation: slides in order, each with the XML of its shapes and its notes. */
export const pptx = (slides: readonly { readonly shapes: string; readonly notes?: string }[]): Buffer =>
  writeZip([
    {
      name: 'ppt/presentation.xml',
      content: `<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst>${slides.map((_, index) => `<p:sldId id="${256 + index}" r:id="r${index}"/>`).join('')}</p:sldIdLst></p:presentation>`,
    },
    {
      name: 'ppt/_rels/presentation.xml.rels',
      content: relationships(
        slides.map((_, index) => relationship(`r${index}`, `slides/slide${slides.length - index}.xml`)),
      ),
    },
    ...slides.flatMap(({ shapes, notes }, index): ZipFile[] => {
      const number = slides.length - index;
      const slide = {
        name: `ppt/slides/slide${number}.xml`,
        content: `<p:sld xmlns:p="p" xmlns:a="a">${shapes}</p:sld>`,
      };
      if (notes === undefined) return [slide];
      return [
        slide,
        {
          name: `ppt/slides/_rels/slide${number}.xml.rels`,
          content: relationships([relationship('n1', `../notesSlides/notes${number}.xml`)]),
        },
        {
          name: `ppt/notesSlides/notes${number}.xml`,
          content: `<p:notes xmlns:p="p" xmlns:a="a">${shape('body', [notes])}${shape('sldNum', ['7'])}</p:notes>`,
        },
      ];
    }),
  ]);

/** Builds a shape of a slide with its paragraphs. */
export const shape = (kind: string, paragraphs: readonly string[]): string =>
  `<p:sp><p:nvSpPr><p:nvPr>${kind === '' ? '' : `<p:ph type="${kind}"/>`}</p:nvPr></p:nvSpPr><p:txBody>${paragraphs.map((text) => `<a:p><a:r><a:t>${text}</a:t></a:r></a:p>`).join('')}</p:txBody></p:sp>`;

/** Builds an EPUB book with its chapters in reading order. */
export const epub = (chapters: readonly string[], more: readonly ZipFile[] = []): Buffer =>
  writeZip([
    { name: 'mimetype', content: 'application/epub+zip' },
    {
      name: 'META-INF/container.xml',
      content: '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
    },
    {
      name: 'OEBPS/book.opf',
      content: `<package xmlns:dc="d"><metadata><dc:title>The Loom</dc:title><dc:creator>M. Oosterlinck</dc:creator><dc:language>en</dc:language></metadata><manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>${chapters.map((_, index) => `<item id="c${index}" href="text/c%20${chapters.length - index}.xhtml" media-type="application/xhtml+xml"/>`).join('')}</manifest><spine><itemref idref="nav"/>${chapters.map((_, index) => `<itemref idref="c${index}"/>`).join('')}</spine></package>`,
    },
    { name: 'OEBPS/nav.xhtml', content: '<html><body><ol><li>Contents</li></ol></body></html>' },
    ...chapters.map((body, index) => ({
      name: `OEBPS/text/c ${chapters.length - index}.xhtml`,
      content: `<?xml version="1.0"?><html><head><title>Chapter ${index + 1}</title></head><body>${body}</body></html>`,
    })),
    ...more,
  ]);
