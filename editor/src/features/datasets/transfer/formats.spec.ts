import { DatasetFormat } from '@heddle/core';
import { describe, expect, it } from '@jest/globals';
import { endingOf, formatChoices, formatParts, guessFormat } from './formats.js';

describe('the format of files', () => {
  it.each([
    ['rows.parquet', 'PAR1', 'parquet'],
    ['Rows.CSV', 'a,b', 'csv'],
    ['promptfooconfig.yaml', 'tests: []', 'promptfoo'],
    ['queries.jsonl qrels/test.tsv', '{"_id": "1"}', 'beir'],
    ['test.tsv', 'query-id\tcorpus-id\tscore\n1\t2\t1', 'beir'],
    ['qrels.tsv', 'query-id\tcorpus-id\tscore\n1\t2\t1', 'beir'],
    ['topics.txt qrels.txt', '<top>', 'trec'],
    ['eval.yaml samples.jsonl', '', 'openai'],
    ['a.jsonl', '{"inputs": {"messages": 1}}', 'jsonl'],
    ['a.jsonl', '\n {"messages": []}', 'messages'],
    ['a.jsonl', '{"vars": {}}', 'promptfoo'],
    ['a.jsonl', '{"input": "x", "ideal": "y"}', 'openai'],
    ['a', '', 'jsonl'],
  ])('%s that begins with %j is %s', (names, beginning, format) => {
    expect(guessFormat(names.split(' '), beginning)).toBe(format);
  });

  it('has a title and a file extension for each format', () => {
    expect(formatChoices.map(([format]) => format).sort()).toEqual([...DatasetFormat.options].sort());
    const endings = DatasetFormat.options.flatMap((format) =>
      (formatParts[format] ?? ['rows']).map((part) => `${format} ${part} ${endingOf(format, part)}`),
    );
    expect(endings).toEqual([
      ...['jsonl rows jsonl', 'csv rows csv', 'parquet rows parquet', 'openai rows jsonl', 'openai registry yaml'],
      ...['messages rows jsonl', 'promptfoo rows jsonl', 'promptfoo yaml yaml', 'beir queries jsonl', 'beir qrels tsv'],
      ...['beir corpus jsonl', 'trec queries txt', 'trec qrels txt'],
    ]);
  });
});
