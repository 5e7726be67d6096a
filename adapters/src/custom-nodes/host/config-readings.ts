import { canonicalJson, HeddleError } from '@heddle/core';
import { checkPlain } from '../wire/plain-value.js';
import { Reading, type FittingReading } from './description.js';

/** Configs whose readings are kept. */
const kept = 5_000;

/** Asks the node's process how it reads a config. */
type RequestReading = (type: string, config: unknown, isParsed: boolean) => unknown;

/** What follows from configs, each asked for once. */
export class ConfigReadings {
  private readonly ask: RequestReading;
  private readonly known = new Map<string, Reading | HeddleError>();
  private readonly byParsed = new WeakMap<object, { readonly reading: FittingReading; readonly raw: unknown }>();

  constructor(ask: RequestReading) {
    this.ask = ask;
  }

  /** Reads a config as it stands in a document. Errors: `custom_node_crashed` where the node does not say. */
  read(type: string, raw: unknown): Reading {
    const reading = this.readConfig(type, raw, false);
    if ('config' in reading && isObject(reading.config) && !this.byParsed.has(reading.config))
      this.byParsed.set(reading.config, { reading, raw: structuredClone(raw) });
    return reading;
  }

  /** What follows from a config that was read before. */
  of(type: string, parsed: unknown): FittingReading {
    const known = isObject(parsed) ? this.byParsed.get(parsed) : undefined;
    if (known !== undefined) return known.reading;
    const reading = this.readConfig(type, parsed, true);
    if ('issues' in reading) throw new HeddleError('internal', `'${type}' does not read its own settings.`);
    return reading;
  }

  /** What the process is given for a config that was read before: as it stood in the document, where that is known. */
  sent(parsed: unknown): { readonly config: unknown; readonly isParsed: boolean } {
    const known = isObject(parsed) ? this.byParsed.get(parsed) : undefined;
    return known === undefined ? { config: parsed, isParsed: true } : { config: known.raw, isParsed: false };
  }

  private readConfig(type: string, config: unknown, isParsed: boolean): Reading {
    const key = `${type} ${isParsed} ${canonicalJson(config)}`;
    let known = this.known.get(key);
    if (known === undefined) {
      known = this.tryReading(type, config, isParsed);
      // An error is not kept, as a restarted process may answer next time. A timeout is kept: each try would wait a second.
      if (!(known instanceof HeddleError) || known.details?.['isLate'] === true) this.known.set(key, known);
      const [oldest] = this.known.keys();
      if (this.known.size > kept && oldest !== undefined) this.known.delete(oldest);
    }
    if (known instanceof HeddleError) throw known;
    return known;
  }

  private tryReading(type: string, config: unknown, isParsed: boolean): Reading | HeddleError {
    try {
      const value = this.ask(type, config, isParsed);
      checkPlain(value);
      return Reading.parse(value);
    } catch (error) {
      if (error instanceof HeddleError) return error;
      return new HeddleError(
        'custom_nodes_invalid',
        `'${type}' says something about its settings that cannot be read.`,
        { cause: error },
      );
    }
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
