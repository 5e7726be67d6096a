import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRequire } from 'node:module';
import { root } from '../bootstrap/repository.mjs';

export const newSchemaFile = join(root, 'adapters/src/database/new-schema.generated.ts');

const head = `// Written by npm run generate from the migrations.
/** The schema of a new heddle.db: what the first migrations leave (their number is the version), with the rows that they insert. */
export const newSchema = `;

/** Gives the statements that create a heddle.db as all migrations together would, in the order in which SQLite stores them. */
export async function newSchema() {
  const requireOfAdapters = createRequire(join(root, 'adapters/package.json'));
  const Database = requireOfAdapters('better-sqlite3');
  const { migrations } = await import(
    pathToFileURL(join(root, 'adapters/dist/database/migrations/migrations.js')).href
  );
  const database = new Database(':memory:');
  try {
    for (const { sql } of migrations) database.exec(sql);
    const statements = [...objects(database), ...rows(database)].map((statement) => `${statement};\n`);
    const sql = statements.join('').replaceAll(/[\\`$]/g, '\\$&');
    return `${head}{ version: ${migrations.length}, sql: \`${sql}\` };\n`;
  } finally {
    database.close();
  }
}

function objects(database) {
  return database
    .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid")
    .pluck()
    .all();
}

function rows(database) {
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid")
    .pluck()
    .all();
  return tables.flatMap((table) => {
    const columns = database.pragma(`table_info("${table}")`).map(({ name }) => `"${name}"`);
    const values = columns.map((column) => `quote(${column})`).join(` || ', ' || `);
    return database
      .prepare(`SELECT ${values} FROM "${table}"`)
      .pluck()
      .all()
      .map((row) => `INSERT INTO "${table}" (${columns.join(', ')}) VALUES (${row})`);
  });
}
