// Where the store keeps its files. Several workers and restarts share this folder, so nothing is kept in memory.
import { existsSync } from 'node:fs';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

// Any other one than this must be allowed in `[permissions]` of transom.toml.
const folder = process.env.STORAGE_DIR ?? join(projectFolder(), '.transom/files');

/** The project this file belongs to, wherever a bundler has put it and whatever folder the server was started in. */
function projectFolder(): string {
  let above = import.meta.dirname;
  while (!existsSync(join(above, 'package.json'))) {
    if (above === dirname(above)) return '.'; // A build that was copied somewhere else: the current folder.
    above = dirname(above);
  }
  return above;
}

/** The path of a file in the store's folder, which is made when it is missing. */
export async function storagePath(...parts: [string, ...string[]]): Promise<string> {
  const path = [folder, ...parts].join('/');
  await mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true });
  return path;
}

/** Adds one record to a journal: a file with one JSON value a line, each written in one piece. */
export async function appendRecord(journal: string, record: unknown): Promise<void> {
  const file = await open(await storagePath(journal), 'a');
  try {
    await file.write(`${JSON.stringify(record)}\n`);
  } finally {
    await file.close();
  }
}

/** All records of a journal, oldest first. */
export async function readRecords<T>(journal: string): Promise<T[]> {
  let text: string;
  try {
    text = await readFile(await storagePath(journal), 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return [];
    throw error;
  }
  // What follows the last line end is a record that another worker is still writing.
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as T);
}
