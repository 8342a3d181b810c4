// Drives the package that its second argument names, of those for one API each (@alicloud/ecs20140526), any release: typed requests and responses, errors as exceptions.
'use strict';
const fs = require('fs');
const path = require('path');
const readline = require('readline');

const PACKAGE = process.argv[3];
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

const installed = (name) => fs.existsSync(path.join(modules, name));
const load = (name) => require(path.join(modules, name));

// The class of the settings, and of the options of one call, have moved between packages over the releases.
function settings() {
  if (installed('@alicloud/openapi-core')) {
    const util = load('@alicloud/openapi-core').$OpenApiUtil;
    return { Config: util.Config, Options: load('@darabonba/typescript').RuntimeOptions };
  }
  const Options = load('@alicloud/tea-util').RuntimeOptions;
  if (installed('@alicloud/openapi-client')) return { Config: load('@alicloud/openapi-client').Config, Options };
  return { Config: load('@alicloud/rpc-client').Config, Options };
}

// Releases whose operations go through callApi sign V3, and V1 on demand; all before them sign V1 only.
function signatures() {
  const source = fs.readFileSync(require.resolve(path.join(modules, PACKAGE)), 'utf8');
  return source.includes('this.callApi(') ? ['v3', 'v1'] : ['v1'];
}

function start() {
  const { [PACKAGE]: version, ...dependencies } = versions(modules);
  load(PACKAGE);
  return {
    ready: true, protocol: 2, name: PACKAGE, version, dependencies, runtime: `Node.js ${process.version}`,
    view: 'typed', signatures: signatures(), structures: true, can: ['nulls', 'threads', 'tls'],
  };
}

let kept = { key: null, client: null };
function clientFor(call) {
  const key = JSON.stringify([call.endpoint, call.region, call.credentials, call.signature]);
  if (kept.key !== key) {
    const { access_key_id: accessKeyId, access_key_secret: accessKeySecret, security_token: securityToken } = call.credentials;
    const config = { accessKeyId, accessKeySecret, endpoint: call.endpoint.split('//')[1], protocol: call.endpoint.split(':')[0], regionId: call.region };
    if (securityToken !== undefined) config.securityToken = securityToken;
    const { Config } = settings();
    if (call.signature === 'v1') config.signatureAlgorithm = 'v2'; // the SDK's word for signature version 1.0
    kept = { key, client: new (load(PACKAGE).default)(new Config(config)) };
  }
  return kept.client;
}

// A model of this class with these values by documented names; what it has no member for is noted.
function built(Model, given, at, unknown) {
  const own = Object.fromEntries(Object.entries(Model.names()).map(([mine, wire]) => [wire, mine]));
  const model = {};
  for (const [name, value] of Object.entries(given)) {
    const path = at ? `${at}.${name}` : name;
    if (name in own) model[own[name]] = valued(Model.types()[own[name]], value, path, unknown);
    else unknown.push(path);
  }
  return new Model(model);
}

function valued(type, value, path, unknown) {
  if (Array.isArray(value)) return value.map((one, n) => valued((type || {}).itemType, one, `${path}.${n + 1}`, unknown));
  const isModel = value !== null && typeof value === 'object' && typeof type === 'function' && typeof type.names === 'function';
  return isModel ? built(type, value, path, unknown) : value;
}

async function answer(call) {
  const action = call.operation.action;
  const Request = load(PACKAGE)[`${action}Request`];
  if (!Request) return { ok: false, unsupported: action };
  const unknown = [];
  const request = built(Request, call.parameters, '', unknown);
  if (unknown.length > 0) return { ok: false, unsupported: unknown.join(', ') };
  const client = clientFor(call);
  const milliseconds = Math.round(call.timeout * 1000);
  const options = new (settings().Options)({ readTimeout: milliseconds, connectTimeout: milliseconds });
  const method = `${action[0].toLowerCase()}${action.slice(1)}WithOptions`;
  const once = async () => {
    const response = await client[method](request, options);
    const result = (response.body || response);
    return result.toMap ? result.toMap() : result;
  };
  return { ok: true, result: call.burst ? await atOnce(call.burst, once) : await once() };
}

// In JavaScript, calls are made at once by promises; so many of them are under way as there would be threads.
async function atOnce({ calls, workers }, once) {
  const share = Math.ceil(calls / workers);
  const worker = async () => {
    const found = [];
    for (let n = 0; n < share; n += 1) found.push(await once());
    return found;
  };
  return (await Promise.all(Array.from({ length: workers }, worker))).flat();
}

function failure(error) {
  const data = error.data || {};
  const known = (value) => (value === undefined || value === null ? null : String(value));
  return {
    code: known(error.code),
    message: String(error.message),
    http_status: Number(error.statusCode || data.statusCode) || null,
    request_id: known(error.requestId || data.RequestId),
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
