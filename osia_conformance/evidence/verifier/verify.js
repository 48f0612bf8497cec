"use strict";
// Every text from a report reaches the page as textContent: nothing in it is markup.
const ATTESTATION = "report.intoto.jsonl";
const PAYLOAD_TYPE = "application/vnd.in-toto+json";
const STATEMENT = "https://in-toto.io/Statement/v1";
const KINDS = ["https://in-toto.io/attestation/test-result/v0.1", "urn:osia-conformance:verdict:v1"];
const SHOWN = 20;

class Fault extends Error {}

const utf8 = new TextEncoder();
const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
const sha256 = async (bytes) => hex(await crypto.subtle.digest("SHA-256", bytes));

function fromBase64(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  let again = "";
  for (const byte of bytes) again += String.fromCharCode(byte);
  // One spelling only: nothing can be hidden beside what the signature covers.
  if (btoa(again) !== text) throw new Error("another spelling");
  return bytes;
}

// ------------------------------------------------------------------------------------------------ the key

async function readKey(text) {
  if (text.includes("PRIVATE KEY")) throw new Fault("The key is a private key; give the public one, and keep the private one to yourself.");
  const found = /-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----/.exec(text);
  if (!found) throw new Fault("The key is no public key in PEM; give the file that ends in .pub.");
  let der;
  try {
    der = fromBase64(found[1].replace(/\s+/g, ""));
  } catch {
    throw new Fault("The key is no public key in PEM; its Base64 cannot be read.");
  }
  return (await ed25519(der)) || (await p256(der)) || unusable();
}

function unusable() {
  throw new Fault("The key is of another kind, or this browser does not know its kind; Ed25519 and ECDSA P-256 are used here.");
}

async function ed25519(der) {
  try {
    const key = await crypto.subtle.importKey("spki", der, "Ed25519", true, ["verify"]);
    const raw = hex(await crypto.subtle.exportKey("raw", key));
    const id = await keyId("ed25519", "ed25519", raw);
    return { id, kind: "Ed25519", verify: (signature, data) => crypto.subtle.verify("Ed25519", key, signature, data) };
  } catch {
    return null;
  }
}

async function p256(der) {
  try {
    const key = await crypto.subtle.importKey("spki", der, { name: "ECDSA", namedCurve: "P-256" }, true, ["verify"]);
    const spki = new Uint8Array(await crypto.subtle.exportKey("spki", key));
    const lines = btoa(String.fromCharCode(...spki)).match(/.{1,64}/g).join("\n");
    const pem = `-----BEGIN PUBLIC KEY-----\n${lines}\n-----END PUBLIC KEY-----\n`;
    const id = await keyId("ecdsa", "ecdsa-sha2-nistp256", pem);
    const how = { name: "ECDSA", hash: "SHA-256" };
    return { id, kind: "ECDSA P-256", verify: (signature, data) => crypto.subtle.verify(how, key, rawSignature(signature), data) };
  } catch {
    return null;
  }
}

// The id is the SHA-256 of the key's canonical JSON: members sorted, no white space, line ends as they are.
function keyId(type, scheme, value) {
  return sha256(utf8.encode(`{"keytype":"${type}","keyval":{"public":"${value}"},"scheme":"${scheme}"}`));
}

// WebCrypto takes r and s of 32 bytes each; the envelope has them as DER: SEQUENCE { INTEGER r, INTEGER s }.
function rawSignature(der) {
  const raw = new Uint8Array(64);
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return raw;
  let at = 2;
  for (const end of [32, 64]) {
    const length = der[at + 1];
    if (der[at] !== 0x02 || !(length > 0) || at + 2 + length > der.length) return new Uint8Array(64);
    let number = der.slice(at + 2, at + 2 + length);
    while (number.length > 1 && number[0] === 0) number = number.slice(1);
    if (number.length > 32) return new Uint8Array(64);
    raw.set(number, end - number.length);
    at += 2 + length;
  }
  return at === der.length ? raw : new Uint8Array(64);
}

// ------------------------------------------------------------------------------------------------ the bundle

async function readBundle(text, key) {
  const lines = text.split("\n");
  if (lines.length !== 3 || lines[2] !== "") throw new Fault(`${ATTESTATION}: it must hold two whole lines, one for each statement, and nothing else.`);
  const found = [];
  for (const number of [1, 2]) found.push(await opened(lines[number - 1], number, key));
  if (found.some((statement, at) => statement.predicateType !== KINDS[at])) throw new Fault(`${ATTESTATION}: it does not state a test result, then a verdict.`);
  if (JSON.stringify(found[0].subject) !== JSON.stringify(found[1].subject)) throw new Fault(`${ATTESTATION}: its two statements are not over the same files.`);
  return found[1];
}

async function opened(line, number, key) {
  const where = `${ATTESTATION}: line ${number}`;
  let envelope, payload, signatures;
  try {
    envelope = JSON.parse(line);
    payload = fromBase64(envelope.payload);
    signatures = envelope.signatures.map((one) => ({ keyid: String(one.keyid), sig: fromBase64(one.sig), text: one.sig }));
    const plain = { payload: envelope.payload, payloadType: PAYLOAD_TYPE, signatures: signatures.map((one) => ({ keyid: one.keyid, sig: one.text })) };
    const signers = new Set(signatures.map((one) => one.keyid));
    if (JSON.stringify(plain) !== line || signers.size !== signatures.length) throw new Error("another spelling");
  } catch {
    throw new Fault(`${where} is not an envelope as the suite writes it, so it was changed.`);
  }
  const own = signatures.find((one) => one.keyid === key.id);
  if (!own) {
    const others = signatures.map((one) => one.keyid.slice(0, 16)).join(", ") || "nobody";
    throw new Fault(`${where} was not signed with this key (${key.id.slice(0, 16)}), but by ${others}.`);
  }
  if (!(await key.verify(own.sig, preAuthentication(payload)))) throw new Fault(`${where}: its signature does not hold for what it says, so it was changed.`);
  return statementOf(payload, where);
}

// DSSE v1: what is signed is type and payload, each behind its length.
function preAuthentication(payload) {
  const head = utf8.encode(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `);
  const whole = new Uint8Array(head.length + payload.length);
  whole.set(head);
  whole.set(payload, head.length);
  return whole;
}

function statementOf(payload, where) {
  try {
    const statement = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
    const names = statement.subject.map((one) => one.name);
    const whole = statement.subject.every((one) => typeof one.name === "string" && /^[0-9a-f]{64}$/.test(one.digest.sha256));
    if (statement._type !== STATEMENT || !whole || new Set(names).size !== names.length || typeof statement.predicate !== "object") throw new Error("no statement");
    return statement;
  } catch {
    throw new Fault(`${where} is signed, but is no in-toto Statement over files that each stand in it once.`);
  }
}

// ------------------------------------------------------------------------------------------------ the files

async function differences(statement, files) {
  const signed = new Map(statement.subject.map((one) => [one.name, one.digest.sha256]));
  const faults = [];
  const names = [...new Set([...signed.keys(), ...files.keys()])].sort();
  for (const name of names) {
    if (name === ATTESTATION || name.startsWith("added/")) continue;
    if (!files.has(name)) faults.push(`${name}: it was signed and is missing.`);
    else if (!signed.has(name)) faults.push(`${name}: it was not signed, so it was added later.`);
    else {
      const digest = await sha256(await files.get(name).arrayBuffer());
      if (digest !== signed.get(name)) faults.push(`${name}: it is not the file that was signed; its SHA-256 is ${digest.slice(0, 16)}..., signed was ${signed.get(name).slice(0, 16)}...`);
    }
  }
  return faults;
}

async function disagreements(predicate, files) {
  let results;
  try {
    results = JSON.parse(await files.get("results.json").text());
  } catch {
    return ["results.json: it is missing or no JSON, so its verdict cannot be compared with the one that was signed."];
  }
  const compared = ["runId", "verdict", "ending", "started", "finished"];
  return compared.filter((name) => results[name] !== predicate[name]).map((name) => `results.json: its ${name} is not the one that was signed.`);
}

// The report's own directory is where its signature lies; what a person chose may be a directory above it.
function rooted(listed) {
  const signatures = listed.filter(([path]) => path.split("/").pop() === ATTESTATION).map(([path]) => path);
  if (signatures.length === 0) throw new Fault(`${ATTESTATION}: it is missing, so this is no report, or one that is not signed.`);
  const shortest = signatures.sort((one, other) => one.split("/").length - other.split("/").length)[0];
  const prefix = shortest.slice(0, shortest.length - ATTESTATION.length);
  return new Map(listed.filter(([path]) => path.startsWith(prefix)).map(([path, file]) => [path.slice(prefix.length), file]));
}

async function verify(listed, keyFile) {
  const key = await readKey(await keyFile.text());
  const files = rooted(listed);
  const statement = await readBundle(await files.get(ATTESTATION).text(), key);
  const faults = await differences(statement, files);
  if (faults.length === 0) faults.push(...(await disagreements(statement.predicate, files)));
  const added = [...files.keys()].filter((name) => name.startsWith("added/")).length;
  return { key, statement, faults, added, journal: statement.subject.find((one) => one.name === "journal.jsonl") };
}

// ------------------------------------------------------------------------------------------------ the page

const outcome = document.getElementById("outcome");
const chosen = { listed: null, key: null, turn: 0 };

function element(name, text, kind) {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function bulleted(texts) {
  const list = document.createElement("ul");
  for (const text of texts.slice(0, SHOWN)) list.append(element("li", text));
  if (texts.length > SHOWN) list.append(element("li", `and ${texts.length - SHOWN} more files do not hold.`));
  return list;
}

function said(value) {
  return value === null || value === undefined || value === "" ? "not stated" : String(value);
}

function stated(found) {
  const verdict = found.statement.predicate;
  const product = verdict.product || {};
  const musts = Object.entries((verdict.totals || {}).must || {}).filter(([, count]) => count).map(([name, count]) => `${count} ${name}`);
  return [
    ["Product", [product.vendor, product.name, product.version].filter(Boolean).join(" ")],
    ["Interface version", (verdict.interface || {}).version],
    ["Target", (verdict.target || {}).url],
    ["MUST requirements", musts.join(", ")],
    ["Effort", verdict.effort],
    ["Run", verdict.runId],
    ["Began", verdict.started],
    ["Ended", verdict.finished],
    ["Suite", `${said((verdict.suite || {}).name)} ${said((verdict.suite || {}).version)}`],
    ["Signed with", `${found.key.kind}, fingerprint ${found.key.id}`],
    ["Journal, SHA-256", found.journal ? found.journal.digest.sha256 : "not signed"],
    ["Files", `${found.statement.subject.length} as they were signed`],
  ];
}

function warnings(found) {
  const verdict = found.statement.predicate;
  const told = [];
  if (verdict.demonstration || (verdict.target || {}).embedded) told.push("This is a demonstration: the suite judged its own reference server. Nobody can claim conformance with it.");
  if (verdict.selection) told.push("Only a selection of the checks was run.");
  if (verdict.effort === "quick") told.push("The effort was quick: a first look.");
  if (String((verdict.target || {}).url).toLowerCase().startsWith("http:")) told.push("The target was reached over plain http.");
  if (found.added) told.push(`Outside the signed set, under added/: ${found.added === 1 ? "1 file" : `${found.added} files`}.`);
  return told;
}

function show(found) {
  if (found.faults.length) {
    outcome.replaceChildren(element("p", "Not verified: the report is not what was signed.", "verdict bad"), bulleted(found.faults));
    return;
  }
  const facts = document.createElement("dl");
  for (const [name, value] of stated(found)) facts.append(element("dt", name), element("dd", said(value)));
  outcome.replaceChildren(
    element("p", "Verified: the signature holds, and each file is as it was signed.", "verdict good"),
    element("p", `Verdict that was signed: ${said(found.statement.predicate.verdict)}`, "verdict"),
    ...warnings(found).map((text) => element("p", text, "warning")),
    facts,
  );
}

async function update() {
  const turn = ++chosen.turn;
  if (!chosen.listed || !chosen.key) {
    const missing = chosen.listed ? "the public key" : chosen.key ? "the report directory" : "the report directory and the public key";
    outcome.replaceChildren(element("p", `Still needed: ${missing}.`));
    return;
  }
  outcome.replaceChildren(element("p", "Reading the files…"));
  try {
    const found = await verify(chosen.listed, chosen.key);
    if (turn === chosen.turn) show(found);
  } catch (error) {
    if (turn !== chosen.turn) return;
    const sentence = error instanceof Fault ? error.message : "A file could not be read; choose directory and key again.";
    outcome.replaceChildren(element("p", "Not verified.", "verdict bad"), bulleted([sentence]));
  }
}

document.getElementById("report").addEventListener("change", (event) => {
  chosen.listed = Array.from(event.target.files, (file) => [file.webkitRelativePath || file.name, file]);
  update();
});
document.getElementById("key").addEventListener("change", (event) => {
  chosen.key = event.target.files[0] || null;
  update();
});

// What is dropped comes as handles, or as entries where a browser has no handles; both are read the same way.
async function walkedHandle(handle, path, into) {
  if (handle.kind === "file") into.push([path + handle.name, await handle.getFile()]);
  else for await (const inner of handle.values()) await walkedHandle(inner, `${path}${handle.name}/`, into);
}

async function walkedEntry(entry, path, into) {
  if (entry.isFile) {
    into.push([path + entry.name, await new Promise((resolve, reject) => entry.file(resolve, reject))]);
    return;
  }
  const reader = entry.createReader();
  const batch = () => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
  for (let some = await batch(); some.length; some = await batch()) {
    for (const inner of some) await walkedEntry(inner, `${path}${entry.name}/`, into);
  }
}

async function walked(item, into) {
  const entry = item.webkitGetAsEntry();
  const handle = item.getAsFileSystemHandle ? await item.getAsFileSystemHandle().catch(() => null) : null;
  if (handle) await walkedHandle(handle, "", into);
  else if (entry) await walkedEntry(entry, "", into);
}

const zone = document.getElementById("inputs");
const allowed = (event) => {
  event.preventDefault();
  zone.classList.toggle("over", event.type === "dragover");
};
document.addEventListener("dragover", allowed);
document.addEventListener("dragleave", allowed);
document.addEventListener("drop", async (event) => {
  allowed(event);
  const listed = [];
  try {
    // All at once: what was dropped is gone after the first wait.
    await Promise.all(Array.from(event.dataTransfer.items, (item) => walked(item, listed)));
  } catch {
    outcome.replaceChildren(element("p", "What was dropped cannot be read; choose it with the buttons.", "verdict bad"));
    return;
  }
  // A single file beside the directory is the key; one inside the report would vouch for itself.
  const single = listed.filter(([path]) => !path.includes("/") && path !== ATTESTATION);
  const report = listed.filter(([path]) => path.includes("/"));
  if (single.length) chosen.key = single[0][1];
  if (report.length) chosen.listed = report;
  update();
});
