import type { Command } from 'commander';
import { count, lazily, listOption } from './options.js';

/** Commands for the knowledge graph of a collection. */
export function addGraph(program: Command): void {
  const load = () => import('../commands/collections/graph.js');
  program
    .command('graph <collection>')
    .description('show the knowledge graph of a collection, or find its entities with a model')
    .option('--model <id>', 'a model that marks names, or a language model, here or as connection/model')
    .addOption(listOption('--type <type>', 'a type of entities that a language model looks for'))
    .option('--instructions <text>', 'what a language model is asked for beyond the usual')
    .option('--estimate', 'print what the model would read, and begin nothing')
    .option('--continue', 'read documents that are missing, and try those again that failed')
    .option('--remove', 'remove the graph; the documents stay')
    .option('--no-wait', 'do not wait for the end')
    .action(lazily(async () => (await load()).graphOfCollection));
  program
    .command('entities <collection> [query]')
    .description('list the entities of a collection whose names contain a text, those of most passages first')
    .option('--id <id>', 'print one with its relations, its neighbours and the passages that mention it')
    .option('-n, --limit <number>', 'most entities', count, 50)
    .action(lazily(async () => (await load()).entitiesOfCollection));
}
