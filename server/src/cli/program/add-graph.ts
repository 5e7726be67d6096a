import type { Command } from 'commander';
import { count, lazily, listOption } from './options.js';

/** Adds the commands for the knowledge graph of a collection. */
export function addGraph(program: Command): void {
  const load = () => import('../commands/collections/graph.js');
  program
    .command('graph <collection>')
    .description('show the knowledge graph of a collection, or find its entities with a model')
    .option('--model <id>', 'a model that marks names, or a language model, here or as connection/model')
    .addOption(listOption('--type <type>', 'a type of entities that a language model looks for'))
    .option('--instructions <text>', 'additional instructions for a language model')
    .option('--estimate', 'print what the model would read, and start nothing')
    .option('--continue', 'read the missing documents, and retry those that failed')
    .option('--remove', 'remove the graph; the documents stay')
    .option('--no-wait', 'do not wait for the end')
    .action(lazily(async () => (await load()).graphOfCollection));
  const entities = program.command('entities').description('entities of a knowledge graph');
  entities
    .command('list <collection> [query]', { isDefault: true })
    .description('list the entities of a collection whose names contain a text, the most mentioned first')
    .option('--id <id>', 'print one with its relations, its neighbours and the passages that mention it')
    .option('-n, --limit <number>', 'most entities', count, 50)
    .action(lazily(async () => (await load()).entitiesOfCollection));
  const merges = () => import('../commands/collections/merges.js');
  entities
    .command('suggestions <collection>')
    .description('list pairs of entities that may be the same')
    .action(lazily(async () => (await merges()).suggestedMerges));
  entities
    .command('merge <collection> <entity> <into>')
    .description('merge two entities by their ids; the first becomes a part of the second')
    .action(lazily(async () => (await merges()).mergeEntities));
  entities
    .command('separate <collection> <entity>')
    .description('undo a merge: separate an entity from the one that it was merged into')
    .action(lazily(async () => (await merges()).separateEntity));
  entities
    .command('apart <collection> <one> <other>')
    .description('mark two entities as different, so that they are no longer suggested')
    .action(lazily(async () => (await merges()).keepEntitiesApart));
}
