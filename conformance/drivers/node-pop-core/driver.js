// Drives @alicloud/pop-core: any action by name, parameters as an object, the parsed JSON as result.
'use strict';
const fs = require('fs');
const path = require('path');
const readline = require('readline');

const PACKAGE = '@alicloud/pop-core';
const modules = path.join(process.argv[2], 'node_modules');
const say = (message) => fs.writeSync(1, JSON.stringify(message) + '\n');
console.log = console.info = console.debug = console.error; // standard output is for answers

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

function start() {
  const { [PACKAGE]: version, ...dependencies } = versions(modules);
  require(path.join(modules, PACKAGE));
  return {
    ready: true, protocol: 1, name: PACKAGE, version, dependencies, runtime: `Node.js ${process.version}`,
    view: 'json', methods: ['GET', 'POST'],
  };
}

let kept = { key: null, client: null };
function clientFor(call) {
  const key = JSON.stringify([call.endpoint, call.credentials]);
  if (kept.key !== key) {
    const sdk = require(path.join(modules, PACKAGE));
    const Client = sdk.RPCClient || sdk;
    const { access_key_id: accessKeyId, access_key_secret: accessKeySecret, security_token: securityToken } = call.credentials;
    kept = { key, client: new Client({ accessKeyId, accessKeySecret, securityToken, endpoint: call.endpoint, apiVersion: call.operation.version }) };
  }
  return kept.client;
}

async function answer(call) {
  // The SDK fills in no region of its own: a caller passes RegionId like any other parameter.
  const options = { timeout: call.timeout * 1000 };
  if (call.method) options.method = call.method;
  return { ok: true, result: await clientFor(call).request(call.operation.action, call.parameters, options) };
}

function failure(error) {
  const data = error.data || {};
  return {
    code: error.code === undefined ? null : String(error.code),
    message: String(error.message),
    http_status: (error.entry && error.entry.response && error.entry.response.statusCode) || null,
    request_id: data.RequestId === undefined ? null : String(data.RequestId),
    type: error.name || 'Error',
    // Errors of JavaScript itself come from a mistake within; all others are thrown on purpose.
    declared: !(error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError),
    text: `${error.stack}\n${error}`,
  };
}

async function main() {
  const lines = readline.createInterface({ input: process.stdin, crlfDelay: Infinity })[Symbol.asyncIterator]();
  await lines.next();
  try {
    say(start());
  } catch (error) {
    say({ ready: false, reason: String(error) });
    return;
  }
  for (let line = await lines.next(); !line.done; line = await lines.next()) {
    const call = JSON.parse(line.value);
    let reply;
    try {
      reply = await answer(call);
    } catch (error) {
      reply = { ok: false, error: failure(error) };
    }
    say({ id: call.id, ...reply });
  }
  process.exit(0);
}

main();
