import { parseArgs } from 'node:util';

const wrong = new Set([
  'ERR_PARSE_ARGS_UNKNOWN_OPTION',
  'ERR_PARSE_ARGS_INVALID_OPTION_VALUE',
  'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL',
]);

/**
 * Parses the arguments of a script before it does anything. `--help` or `-h` prints `usage`, followed by the lines of `cases`, and exits
 * with 0. An unknown argument makes it exit with 2.
 *
 * @example const { values, names } = await readArguments(args, { usage, options: { json: { type: 'boolean' } }, cases });
 */
export async function readArguments(args, { usage, options, cases }) {
  const read = () =>
    parseArgs({
      args,
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: cases !== undefined,
    });
  try {
    const { values, positionals } = read();
    if (values.help !== true) return { values, names: positionals };
  } catch (error) {
    if (!wrong.has(error.code)) throw error;
    process.stderr.write(`${error.message.split(/\. |\n/, 1)[0].replace(/\.$/, '')}.\n${usage}\n`);
    process.exit(2);
  }
  process.stdout.write(`${usage}\n${await casesText(cases)}`);
  process.exit(0);
}

/** Writes one line for each case: its name and what it does. */
async function casesText(load) {
  if (load === undefined) return '';
  let cases;
  try {
    cases = await load();
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    return '\nThe cases can be listed once Heddle is installed and built (npm start does both).\n';
  }
  const width = Math.max(...cases.map(({ name }) => name.length));
  return `\nCases:\n${cases.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}\n`).join('')}`;
}
