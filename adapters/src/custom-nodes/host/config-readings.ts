import { canonicalJson, HeddleError } from '@heddle/core';
import { checkPlain } from '../wire/plain-value.js';
import { Reading, type FittingReading } from './description.js';

const kept = 5_000;

type RequestReading = (type: string, config: unknown, isParsed: boolean) => unknown;

/** Remembers what nodes derive from their configs, so that each config is requested once. */
export class ConfigReadings {
  private readonly ask: RequestReading;
  private readonly known = new Map<string, Reading | HeddleError>();
  private readonly byParsed = new WeakMap<object, { readonly reading: FittingReading; readonly raw: unknown }>();

  constructor(ask: RequestReading) {
    this.ask = ask;
  }

  /** Parses the config that a document stores. Errors: `custom_node_crashed` if the node does not reply. */
  read(type: string, raw: unknown): Reading {
    const reading = this.readConfig(type, raw, false);
    if ('config' in reading && isObject(reading.config) && !this.byParsed.has(reading.config))
      this.byParsed.set(reading.config, { reading, raw: structuredClone(raw) });
    return reading;
  }

  /** The reading of a config that was parsed before. */
  of(type: string, parsed: unknown): FittingReading {
    const known = isObject(parsed) ? this.byParsed.get(parsed) : undefined;
    if (known !== undefined) return known.reading;
    const reading = this.readConfig(type, parsed, true);
    if ('issues' in reading) throw new HeddleError('internal', `'${type}' cannot read its own settings.`);
    return reading;
  }

  /** Returns the config to send to the process: the stored one, from which `parsed` was made, or `parsed` itself if that is not known. */
  sent(parsed: unknown): { readonly config: unknown; readonly isParsed: boolean } {
    const known = isObject(parsed) ? this.byParsed.get(parsed) : undefined;
    return known === undefined ? { config: parsed, isParsed: true } : { config: known.raw, isParsed: false };
  }

  private readConfig(type: string, config: unknown, isParsed: boolean): Reading {
    const key = `${type} ${isParsed} ${canonicalJson(config)}`;
    let known = this.known.get(key);
    if (known === undefined) {
      known = this.tryReading(type, config, isParsed);
      // Errors are not kept, because a restarted process may reply next time. A timeout is kept, because each new try would wait a second.
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
        `'${type}' describes its settings in a form that cannot be read.`,
        { cause: error },
      );
    }
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
