import { temporaryFolder } from '../built-program.js';
import { startServer } from '../start-server.js';

/** Gives the error of a server that cannot start. */
export const refusal = async (
  environment: Readonly<Record<string, string>>,
  data = temporaryFolder(),
): Promise<string> =>
  startServer({ data, environment }).then(
    async (server) => {
      await server.stop();
      return 'started';
    },
    (error: unknown) => String(error),
  );
