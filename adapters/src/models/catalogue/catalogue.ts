import { readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HeddleError, ModelCard, modelUnknown } from '@heddle/core';
import { z } from 'zod';
import { starterCatalogue } from './starter-catalogue.js';

/** The model cards of a data folder: Heddle's own, and those that users added. */
export interface Catalogue {
  cards(): readonly ModelCard[];
  /** Errors: `model_unknown`. */
  card(id: string): ModelCard;
  /** Whether the card is Heddle's own and was not added by a user. */
  isOwn(id: string): boolean;
  /** Errors: `bad_request`, `conflict`. */
  add(card: unknown): Promise<void>;
}

/** Opens the catalogue of a data folder. Cards that users add are stored in its `models.json`. */
export function openCatalogue(dataFolder: string): Catalogue {
  const file = path.join(dataFolder, 'models.json');
  let added: readonly ModelCard[] = readAdded(file);
  const cards = (): readonly ModelCard[] => [...starterCatalogue, ...added];
  return {
    cards,
    isOwn: (id) => starterCatalogue.some((card) => card.id === id),
    card(id) {
      const found = cards().find((card) => card.id === id);
      if (found !== undefined) return found;
      throw modelUnknown(id);
    },
    async add(input) {
      const card = parseCard(input);
      if (cards().some(({ id }) => id === card.id)) {
        throw new HeddleError('conflict', `The catalogue has a model '${card.id}' already: choose another id.`);
      }
      if (card.kind === 'lora' && !cards().some(({ id }) => id === card.baseModel)) {
        throw new HeddleError('bad_request', `The LoRA adapter '${card.id}' must name a base model of the catalogue.`);
      }
      if (card.format === 'head' && cards().find(({ id }) => id === card.baseModel)?.kind !== 'embed') {
        throw new HeddleError('bad_request', `The head '${card.id}' must name an embedding model of the catalogue.`);
      }
      added = [...readAdded(file), card];
      await writeAdded(file, added);
    },
  };
}

function parseCard(input: unknown): ModelCard {
  const parsed = ModelCard.safeParse(input);
  if (!parsed.success) {
    throw new HeddleError('bad_request', `The model entry is not valid: ${z.prettifyError(parsed.error)}`, {
      cause: parsed.error,
    });
  }
  const unsafe = parsed.data.files.find(
    ({ name }) => path.basename(name) !== name || name.startsWith('.') || name === 'manifest.json',
  );
  if (unsafe !== undefined) {
    throw new HeddleError(
      'bad_request',
      `The file name '${unsafe.name}' is not allowed: give a plain name without folders.`,
    );
  }
  if (parsed.data.kind === 'embed' && parsed.data.dimensions === undefined) {
    throw new HeddleError('bad_request', `The embedding model '${parsed.data.id}' needs its dimensions.`);
  }
  return parsed.data;
}

function readAdded(file: string): readonly ModelCard[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // No user has added a model yet.
    return [];
  }
  try {
    return z.array(ModelCard).parse(JSON.parse(text));
  } catch (error) {
    throw new HeddleError('file_unreadable', `'${file}' is not a list of model entries: correct it or move it away.`, {
      cause: error,
    });
  }
}

async function writeAdded(file: string, cards: readonly ModelCard[]): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const part = `${file}.${process.pid}.part`;
  await writeFile(part, `${JSON.stringify(cards, undefined, 2)}\n`);
  await rename(part, file);
}
