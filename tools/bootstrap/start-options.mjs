const usage = `npm start -- [--port N] [--host ADDRESS] [--data FOLDER] [--no-samples]

Everything from a fresh clone to a running Heddle. Every setting is an environment variable too: docs/settings.md.
`;
const settings = { '--port': 'PORT', '--host': 'HOST', '--data': 'HEDDLE_DATA' };

/**
 * Parses the arguments of `npm start --`, before anything is installed. `--help` exits with 0, invalid arguments with 2. It does not use
 * `parseArgs`, because the oldest Node that may start this does not have it.
 */
export function readStartOptions(args) {
  const environment = {};
  let withSamples = true;
  for (let index = 0; index < args.length; index += 1) {
    const [name, inline] = args[index].split(/=(.*)/s, 2);
    const setting = settings[name];
    if (setting !== undefined)
      environment[setting] = inline ?? args[(index += 1)] ?? refuse(`Option '${name}' needs a value`);
    else if (name === '--no-samples') withSamples = false;
    else if (name === '--help' || name === '-h') help();
    else refuse(`Unknown option '${name}'`);
  }
  return { environment, withSamples };
}

function help() {
  process.stdout.write(usage);
  process.exit(0);
}

function refuse(message) {
  process.stderr.write(`${message}.\n${usage}`);
  process.exit(2);
}
