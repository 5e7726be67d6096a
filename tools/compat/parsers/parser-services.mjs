import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../bootstrap/run-command.mjs';
import { cacheFolder, firstLine, missing, preparePython, say } from '../prepare-partners.mjs';
import { freePort, startPartner } from '../start-partner.mjs';

/** The newest Tika server that Maven's registry has as a single program; newer ones answer in the same format. */
const tikaVersion = '1.28.5';

async function startTika() {
  const folder = join(cacheFolder, 'tika');
  const program = join(folder, `tika-server-${tikaVersion}.jar`);
  if (!existsSync(program)) {
    const lacks = missing('mvn', 'java');
    if (lacks.length > 0) return { skip: `${lacks.join(' and ')} not found` };
    mkdirSync(folder, { recursive: true });
    say(`Fetching Tika ${tikaVersion} once…`);
    const artifact = `org.apache.tika:tika-server:${tikaVersion}`;
    try {
      await runCommand('mvn', ['-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`]);
    } catch (error) {
      return { skip: `it could not be fetched: ${firstLine(error)}` };
    }
  }
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = ['-Xmx400m', '-jar', program, '--host', '127.0.0.1', '--port', String(port)];
  return { ...(await startPartner('java', args, { address: url, ready: '/version' })), url };
}

function same(given, wanted, what) {
  const left = JSON.stringify(given);
  const right = JSON.stringify(wanted);
  if (left !== right) throw new Error(`${what}: ${left?.slice(0, 300)} is not ${right.slice(0, 300)}`);
}

const pageOf = ({ text, spans }, part) => {
  const at = text.indexOf(part);
  return spans.find(({ start, end }) => at >= start && at < end)?.page;
};

async function runTika({ partner: { url, kill }, report }) {
  const { createDocuments } = await import('@heddle/adapters/documents');
  const { writePdf, writeZip } = await import('@heddle/adapters/testing');
  const open = (formats) => createDocuments({ services: [{ name: 'tika', url, formats }] });
  const documents = open(['other']);
  const pdfs = open(['pdf']);
  const codeOf = (work) =>
    work.then(
      () => 'read',
      (error) => error.code,
    );
  try {
    await report('Tika reads an archive, which Heddle refuses, with the documents in it', async () => {
      const page = writePdf([[{ text: 'A plan for May.', y: 700 }]]);
      const archive = writeZip([
        { name: 'plan.pdf', content: page },
        { name: 'note.txt', content: 'The shop opens at nine.' },
      ]);
      const { parts, metadata, text } = await documents.parse(archive, { name: 'all.zip' });
      same(text, 'Attachments: plan.pdf, note.txt', 'the archive');
      const texts = await Promise.all(
        parts.map(async ({ name, content, mediaType }) => [
          name,
          (await documents.parse(content, { name, mediaType })).text.trim(),
        ]),
      );
      const wanted = [
        ['note.txt', 'The shop opens at nine.'],
        ['plan.pdf', 'A plan for May.'],
      ];
      same([metadata.readBy, texts.toSorted()], ['tika', wanted], 'parts');
    });
    await report('Tika reads a PDF, and passages keep its pages', async () => {
      const pages = [[{ text: 'Parents get forty days.', y: 700 }], [], [{ text: 'Notice is three months.', y: 700 }]];
      const parsed = await pdfs.parse(writePdf(pages, 'Leave'), { name: 'leave.pdf' });
      same([parsed.title, parsed.mediaType], ['Leave', 'application/pdf'], 'about');
      same([pageOf(parsed, 'forty'), pageOf(parsed, 'Notice')], [1, 3], 'pages');
      same(
        parsed.unread.map(({ name }) => name),
        ['page 2'],
        'unread',
      );
    });
    await report('what Tika cannot read either is refused with a reason', async () => {
      const program = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(600, 7)]);
      const cut = writePdf([[{ text: 'x', y: 700 }]]).subarray(0, 80);
      const codes = [await codeOf(documents.parse(program)), await codeOf(pdfs.parse(cut, { name: 'cut.pdf' }))];
      if (codes.some((code) => !/^document_(?:type|empty|damaged)$/.test(code))) throw new Error(codes.join());
    });
    await report('a Tika that was killed is an error that can be tried again', async () => {
      await kill();
      const error = await documents.parse(Buffer.concat([Buffer.from('MZ'), Buffer.alloc(600)])).catch((it) => it);
      same([error.code, error.retryable], ['document_service', true], 'the error');
    });
  } finally {
    await Promise.all([documents.close(), pdfs.close()]);
  }
}

async function runDocling({ partner: { python }, report }) {
  const { createDocuments } = await import('@heddle/adapters/documents');
  const { writePdf } = await import('@heddle/adapters/testing');
  const lines = [];
  await runCommand(python, [fileURLToPath(new URL('write-docling.py', import.meta.url))], {
    onLine: (line) => lines.push(line),
  });
  const reply = lines.find((line) => line.startsWith('{'));
  const server = createServer((request, response) => request.resume().on('end', () => response.end(reply)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  const documents = createDocuments({ services: [{ name: 'docling', url, formats: ['pdf'] }] });
  try {
    await report('a document of docling-core becomes Markdown with pages and boxes', async () => {
      const parsed = await documents.parse(writePdf([[{ text: 'x', y: 700 }]]), { name: 'leave.pdf' });
      const { text, title, boxes } = parsed;
      same(title, 'Leave handbook', 'title');
      for (const part of ['## Parents', '- first item', '$$E = m c^2$$', '| France | 25 |'])
        if (!text.includes(part)) throw new Error(`${part} is not in ${text}`);
      same([pageOf(parsed, 'forty'), pageOf(parsed, 'France')], [1, 2], 'pages');
      same([boxes.pages.length, boxes.lines.length / 6], [2, 6], 'boxes');
    });
  } finally {
    await documents.close();
    server.close();
  }
}

export const parserServices = [
  {
    ...{ name: 'tika', title: 'Apache Tika reads documents', isPlain: true },
    needs: startTika,
    run: runTika,
  },
  {
    ...{ name: 'docling', title: "documents of docling-core, Docling's own library", isPlain: true },
    needs: () => preparePython('docling', ['docling-core==2.104.0']),
    run: runDocling,
  },
];
