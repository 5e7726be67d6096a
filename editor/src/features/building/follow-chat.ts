import type { StreamEvent } from '@heddle/core';

interface ChatStep {
  readonly title: string;
  readonly error: string | undefined;
}

export interface ChatAnswer {
  readonly text: string;
  readonly steps: readonly ChatStep[];
  readonly state: 'working' | 'done' | 'failed' | 'cancelled';
  readonly error: string | undefined;
}

export const noAnswer: ChatAnswer = { text: '', steps: [], state: 'working', error: undefined };

const titles: Readonly<Record<string, string>> = {
  list_node_types: 'Looks for nodes',
  read_node_type: 'Reads about a node',
  list_workflows: 'Lists workflows',
  read_workflow: 'Reads a workflow',
  explain_run: 'Looks for the cause of a failure',
  read_draft: 'Reads the draft',
  change_draft: 'Changes the draft',
  compile_draft: 'Checks the draft',
  run_draft: 'Runs the draft with samples',
  test_draft: 'Runs the tests',
  show_data_map: 'Checks where the data goes',
};

/** Returns the answer after an event of its run. */
export function foldAnswer(answer: ChatAnswer, event: StreamEvent): ChatAnswer {
  switch (event.type) {
    case 'node-delta': {
      if (event.port !== 'said') return answer;
      return { ...answer, text: answer.text.slice(0, event.offset) + event.delta };
    }
    case 'node-snapshot':
      return event.port === 'said' ? { ...answer, text: event.text } : answer;
    case 'tool-call': {
      const name = event.tool.replace(/^.*__/, '');
      return { ...answer, steps: [...answer.steps, { title: titles[name] ?? name, error: event.error?.message }] };
    }
    case 'run-end': {
      const text = event.outputs?.['text']?.value;
      return {
        ...answer,
        text: typeof text === 'string' ? text : answer.text,
        state: event.status,
        error: event.error?.message,
      };
    }
    default:
      return answer;
  }
}
