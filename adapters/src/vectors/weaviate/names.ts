import { z } from 'zod';
import { NamesChain, type NumberedTexts } from '../shared/names-chain.js';
import { dropClass, makeClass, textClass } from './classes.js';
import type { Connection } from './connection.js';

export type Names = NamesChain;

const SchemaOf = z.object({
  classes: z.array(z.object({ class: z.string(), description: z.string().default('') })).nullish(),
});
const TextOf = z.object({ description: z.string().default('') });

/** The names of collections on Weaviate: each version is stored in the description of a class whose name ends with the version's number. */
export const namesOn = (connection: Connection, stem: string): Names => new NamesChain(textsOn(connection, stem));

const textsOn = (connection: Connection, stem: string): NumberedTexts => ({
  server: `Weaviate at ${connection.host}`,
  placeOf: (number) => `The class '${stem}${number}'`,
  async list() {
    const { classes } = SchemaOf.parse(await connection.send({ method: 'GET', path: '/v1/schema' }));
    const texts = new Map(
      (classes ?? []).flatMap(({ class: name, description }) => {
        const number = name.startsWith(stem) ? Number(name.slice(stem.length)) : Number.NaN;
        return Number.isSafeInteger(number) && number > 0 ? [[number, description] as const] : [];
      }),
    );
    const numbers = [...texts.keys()];
    return { numbers, newest: texts.get(Math.max(0, ...numbers)) };
  },
  async textOf(number) {
    const found = await connection.send({ method: 'GET', path: `/v1/schema/${stem}${number}` }, true);
    return found === undefined ? undefined : TextOf.parse(found).description;
  },
  make: (number, text) => makeClass(connection, textClass(`${stem}${number}`, text)),
  drop: (number) => dropClass(connection, `${stem}${number}`),
});
