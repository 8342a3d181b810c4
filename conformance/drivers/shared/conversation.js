// What drivers for Node.js share: the conversation with the suite, calls at once, and what a caller sees of an error.
'use strict';
const fs = require('fs');
const path = require('path');
const readline = require('readline');
const util = require('util');

// what any Node.js is able to do: give null and bytes, take bytes, share a client between calls that are under way, and be told of an authority
const ABILITIES = ['nulls', 'bytes', 'raw', 'threads', 'tls'];
const modules = path.join(process.argv[2], 'node_modules');
// A BigInt is a number like any other on the line.
const written = (message) => JSON.stringify(message, (_, value) => (typeof value === 'bigint' ? `\u0000${value}` : value)).replace(/"\\u0000(-?\d+)"/g, '$1');
// Node.js may have made the pipe one that takes only what fits into it.
function say(message) {
  for (let left = Buffer.from(`${written(message)}\n`); left.length > 0;) {
    try {
      left = left.subarray(fs.writeSync(1, left));
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
const load = (name) => require(path.join(modules, name));
const installed = (name) => fs.existsSync(path.join(modules, name));
console.log = console.info = console.debug = console.error; // standard output is for answers
process.stdout.write = (...words) => process.stderr.write(...words);

function versions(folder) {
  const found = {};
  for (const entry of fs.readdirSync(folder)) {
    const inside = entry.startsWith('@') ? fs.readdirSync(path.join(folder, entry)).map((n) => `${entry}/${n}`) : [entry];
    for (const name of inside) {
      const file = path.join(folder, name, 'package.json');
      if (fs.existsSync(file)) found[name] = JSON.parse(fs.readFileSync(file)).version;
    }
  }
  return found;
}

// What `ready` says of the package under test, which is loaded, and of all that is installed beside it.
function about(name, more) {
  const { [name]: version, ...dependencies } = versions(modules);
  load(name);
  return { ready: true, protocol: 2, name, version, dependencies, runtime: `Node.js ${process.version}`, can: ABILITIES, ...more };
}

// The answer to a call that asks for the body as it came, of an SDK that hands over nothing but what it has read.
const parsesAll = { ok: false, unsupported: 'unparsed body' };

// The result of a call that asks for the body as it came.
const unparsed = (body) => ({ bytes: Buffer.from(body).toString('base64') });

// One client as long as the settings of calls stay the same, as a program would have it.
let kept = { key: null, client: null };
function clientFor(call, made) {
  const key = JSON.stringify([call.endpoint, call.region, call.credentials, call.signature]);
  if (kept.key !== key) kept = { key, client: made() };
  return kept.client;
}

// The answer of a call that succeeds: what `once` gives, once or as often as a burst asks for. In JavaScript, calls are made at
// once by promises; so many of them are under way as there would be threads.
async function made(call, once) {
  if (!call.burst) return { ok: true, result: await once() };
  const { calls, workers } = call.burst;
  const share = Math.ceil(calls / workers);
  const worker = async () => {
    const found = [];
    for (let n = 0; n < share; n += 1) found.push(await once());
    return found;
  };
  return { ok: true, result: (await Promise.all(Array.from({ length: workers }, worker))).flat() };
}

// What a caller sees of an error; `known` is what is to be found elsewhere in an SDK's own.
function described(error, known) {
  const said = (value) => (value === undefined || value === null ? null : String(value));
  return {
    code: said(error.code),
    message: String(error.message),
    http_status: Number(known.status) || null,
    request_id: said(known.id),
    type: error.name || 'Error',
    // Errors of JavaScript itself come from a mistake within; all others are thrown on purpose.
    declared: !(error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError),
    text: `${util.inspect(error)}\n${error.stack}\n${error}`, // console.log shows what an error has beside its stack, too
  };
}

// Whether a value has a whole number that is none any more in JavaScript, where it is another one as soon as it is read.
function isInexact(value) {
  if (value !== null && typeof value === 'object') return Object.values(value).some(isInexact);
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}

// Answer the suite until its end. `start` gives what to say of the SDK, `answer` makes a call, `failure` tells of its error.
function converse(start, answer, failure) {
  conversation(start, answer, failure).catch((error) => {
    console.error(error);
    process.exit(1);
  });
}

async function conversation(start, answer, failure) {
  const lines = readline.createInterface({ input: process.stdin, crlfDelay: Infinity })[Symbol.asyncIterator]();
  await lines.next();
  // What is thrown where no caller can catch it would end a program: it is told as the error of the call that is under way.
  const uncaught = [];
  let end = () => {};
  process.on('uncaughtException', (error) => { uncaught.push(error); end(error); });
  try {
    const ready = start();
    await turn();
    if (uncaught.length > 0) throw uncaught[0];
    say(ready);
  } catch (error) {
    say({ ready: false, reason: String(error).split('\n')[0] }); // below it Node.js lists the driver's own files
    process.exit(0);
  }
  for (let line = await lines.next(); !line.done; line = await lines.next()) {
    const call = JSON.parse(line.value);
    for (const name of call.bytes || []) call.parameters[name] = Buffer.from(call.parameters[name]);
    const inexact = Object.keys(call.parameters).filter((name) => isInexact(call.parameters[name]));
    let reply;
    try {
      const ended = new Promise((_, reject) => { end = reject; });
      ended.catch(() => {});
      if (uncaught.length > 0) throw uncaught[0];
      reply = inexact.length > 0 ? { ok: false, unsupported: inexact.join(', '), by: 'language', because: 'JavaScript has no such number' } : await Promise.race([answer(call), ended]);
    } catch (error) {
      reply = { ok: false, error: failure(error instanceof Object ? error : new Error(String(error))) };
      if (uncaught.includes(error)) reply.error = { ...reply.error, type: `uncaught ${reply.error.type}`, declared: false };
    }
    uncaught.length = 0;
    say({ id: call.id, ...reply });
  }
  process.exit(0);
}

module.exports = { modules, load, installed, about, clientFor, made, described, converse, parsesAll, unparsed };
