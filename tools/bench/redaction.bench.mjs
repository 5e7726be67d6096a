import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bootstrap/repository.mjs';

const part = (name) => import(new URL(`../../nodes/dist/redaction/${name}.js`, import.meta.url).href);

const load = async () => {
  const [{ detect, patternDetectors }, { patternKinds }] = await Promise.all([part('detect'), part('finding')]);
  const all = patternKinds.map((kind) => patternDetectors[kind]);
  return (text) => detect(text, all);
};

/** Gives the megabytes in a second of several passes over a text. */
function speeds(find, text, passes) {
  find(text.slice(0, 200_000));
  const megabytes = Buffer.byteLength(text) / 1e6;
  return Array.from({ length: passes }, () => {
    const begin = performance.now();
    find(text);
    return megabytes / ((performance.now() - begin) / 1000);
  });
}

/** Reads labelled sentences, in which the spans to find are marked as `[[KIND:value]]`. */
function fixtureSet() {
  const file = join(root, 'nodes', 'src', 'redaction', '__fixtures__', 'labelled.txt');
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const wanted = [];
      let text = '';
      let at = 0;
      for (const { 0: whole, 1: kind, 2: value, index } of line.matchAll(/\[\[([A-Z]+):(.*?)\]\](?!\])/g)) {
        text += line.slice(at, index);
        wanted.push(`${kind} ${text.length} ${text.length + value.length}`);
        text += value;
        at = index + whole.length;
      }
      return { text: text + line.slice(at), wanted };
    });
}

const hostile = {
  digits: '1',
  groups: '1 ',
  ats: '@',
  dotted: 'a.@',
  colons: '12:',
  assignments: 'key="',
  'url-passwords': '://a:',
  placeholders: '<EMAIL_1>',
};

export const cases = [
  {
    name: 'redaction-fixture',
    title: 'labelled sentences: what is found, and what else',
    run: async () => {
      const find = await load();
      const lines = fixtureSet();
      const [wanted, found, both] = [[], [], []].map(() => ({ count: 0 }));
      for (const { text, wanted: marks } of lines) {
        const said = find(text).map(({ kind, start, end }) => `${kind} ${start} ${end}`);
        wanted.count += marks.length;
        found.count += said.length;
        both.count += said.filter((one) => marks.includes(one)).length;
      }
      return [
        { case: 'redaction-precision', unit: '%', samples: [(100 * both.count) / found.count] },
        { case: 'redaction-recall', unit: '%', samples: [(100 * both.count) / wanted.count] },
      ];
    },
  },
  {
    name: 'redaction-speed',
    title: 'all pattern detectors over the labelled sentences, 2 MB',
    run: async () => {
      const find = await load();
      const text = fixtureSet()
        .map((line) => line.text)
        .join('\n');
      const prose = 'The loom in the hall weaves linen and wool for the whole valley, and everybody knows its sound. ';
      const mixed = `${text}\n${prose.repeat(Math.ceil((text.length * 3) / prose.length))}\n`;
      return [
        {
          case: 'redaction-speed',
          unit: 'MB/s',
          samples: speeds(find, mixed.repeat(Math.ceil(2e6 / mixed.length)), 9),
        },
        {
          case: 'redaction-speed-dense',
          unit: 'MB/s',
          samples: speeds(find, `${text}\n`.repeat(Math.ceil(2e6 / text.length)), 9),
        },
      ];
    },
  },
  {
    name: 'redaction-hostile',
    title: 'eight times the hostile text: how many times the work (linear is 8)',
    run: async () => {
      const find = await load();
      return Object.entries(hostile).map(([name, unit]) => {
        const time = (length) => {
          const text = unit.repeat(Math.ceil(length / unit.length));
          return Math.min(
            ...Array.from({ length: 5 }, () => {
              const begin = performance.now();
              find(text);
              return performance.now() - begin;
            }),
          );
        };
        time(100_000);
        const short = time(100_000);
        return { case: `redaction-hostile-${name}`, unit: 'times', samples: [time(800_000) / Math.max(short, 0.05)] };
      });
    },
  },
];
