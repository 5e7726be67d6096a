import { z } from 'zod';
import type { Classes } from './classes.js';
import { all, conditionText, type Condition } from './conditions.js';
import type { Connection } from './connection.js';
import type { Entry } from '../shared/names-chain.js';
import type { Names } from './names.js';

/** Where a collection is on the server. */
export interface WeaviateLocation {
  readonly connection: Connection;
  readonly names: Names;
  readonly classes: Classes;
  readonly name: string;
}

/** One collection during one call. */
export interface Place extends Entry {
  readonly location: WeaviateLocation;
}

/** Looks up which tenant has the name now, because other programs can rename collections. Errors: `collection_not_found`. */
export const placeOf = async (location: WeaviateLocation): Promise<Place> => ({
  ...(await location.names.find(location.name)),
  location,
});

/** Most objects in one answer, unless the server's administrator sets another limit. */
export const longestAnswer = 10_000;

interface Asked {
  readonly class: 'passages' | 'records';
  readonly where?: readonly Condition[];
  /** Further arguments, in GraphQL. */
  readonly more?: readonly string[];
  /** The fields that are read of each object. */
  readonly fields: string;
}

const Found = z.object({ Get: z.record(z.string(), z.array(z.unknown()).nullable()) });

/** Reads objects of the collection. Errors: `collection_not_found`, … */
export async function getObjects(place: Place, asked: Asked, signal?: AbortSignal): Promise<readonly unknown[]> {
  const name = place.location.classes[asked.class];
  const query = `{Get{${name}(${argumentsOf(place, asked)}){${asked.fields}}}}`;
  const { connection, name: collection } = place.location;
  return Found.parse(await connection.ask(query, { collection, signal })).Get[name] ?? [];
}

const Counted = z.object({ Aggregate: z.record(z.string(), z.array(z.unknown()).nullable()) });

/** Aggregates over all objects that match. */
export async function aggregate(place: Place, asked: Asked): Promise<unknown> {
  const name = place.location.classes[asked.class];
  const query = `{Aggregate{${name}(${argumentsOf(place, asked)}){${asked.fields}}}}`;
  const { connection, name: collection } = place.location;
  return Counted.parse(await connection.ask(query, { collection })).Aggregate[name]?.[0];
}

function argumentsOf({ tenant }: Place, { where = [], more = [] }: Asked): string {
  const condition = all(where);
  return [
    `tenant:${JSON.stringify(tenant)}`,
    ...(condition === undefined ? [] : [`where:${conditionText(condition)}`]),
    ...more,
  ].join(',');
}
