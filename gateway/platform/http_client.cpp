// SPDX-License-Identifier: Apache-2.0
#include "gateway/platform/http_client.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <mutex>

#include <curl/curl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <unistd.h>

namespace glmap::gateway::platform {

const std::string* HttpAnswered::field(std::string_view name) const {
  for (const HttpField& each : fields) {
    if (each.name == name) return &each.value;
  }
  return nullptr;
}

int HttpAnswered::retry_after_s(int cap) const {
  const std::string* text = field("retry-after");
  if (text == nullptr) return -1;
  int seconds = 0;
  auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (fault == std::errc::result_out_of_range) return cap;
  if (fault != std::errc{} || end != text->data() + text->size()) {
    const std::string* date = field("date");
    if (date == nullptr || !text->ends_with(" GMT")) return -1;
    const time_t until = curl_getdate(text->c_str(), nullptr);
    const time_t from = curl_getdate(date->c_str(), nullptr);
    if (until < 0 || from < 0) return -1;
    return static_cast<int>(std::clamp<time_t>(until - from, 0, cap));
  }
  return seconds < 0 ? -1 : std::min(seconds, cap);
}

namespace {

struct EasyClose {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, EasyClose>;
using FieldList = std::unique_ptr<curl_slist, ListFree>;

bool start_library() {
  // The library asks to be started once a process, before any other thread uses it.
  static const bool started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return started;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  const std::string_view blanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

constexpr long kIdleSecondsMax = 60, kIdleSecondsMaxOfPostings = 1;

/// What a transfer has received so far.
struct Receipt {
  HttpAnswered answer;
  std::size_t bytes = 0;
  std::size_t bytes_max = 0;
  bool too_large = false;
};

extern "C" std::size_t glmap_take_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& receipt = *static_cast<Receipt*>(user);
  const std::size_t bytes = size * count;
  receipt.bytes += bytes;
  if (receipt.bytes > receipt.bytes_max) {
    receipt.too_large = true;
    return 0;  // stops the transfer
  }
  receipt.answer.body.append(data, bytes);
  return bytes;
}

extern "C" std::size_t glmap_take_field(char* data, std::size_t size, std::size_t count, void* user) {
  auto& receipt = *static_cast<Receipt*>(user);
  const std::size_t bytes = size * count;
  receipt.bytes += bytes;
  if (receipt.bytes > receipt.bytes_max) {
    receipt.too_large = true;
    return 0;
  }
  const std::string_view line(data, bytes);
  if (line.starts_with("HTTP/")) {
    receipt.answer.fields.clear();  // an interim answer (100) came first
    return bytes;
  }
  const std::size_t colon = line.find(':');
  if (colon != std::string_view::npos) {
    receipt.answer.fields.push_back(
        {lower(trimmed(line.substr(0, colon))), std::string(trimmed(line.substr(colon + 1)))});
  }
  return bytes;
}

/// Asked by the library each time it is about to write the request, so also before it repeats one in silence.
struct SendGuard {
  const HttpRequest& request;
  int begun = 0;
};

extern "C" int glmap_may_send(void* user, char*, char*, int, int) {
  auto& guard = *static_cast<SendGuard*>(user);
  if (++guard.begun > 1 && !guard.request.replay_safe) return CURL_PREREQFUNC_ABORT;
  const bool may = !guard.request.may_send || guard.request.may_send();
  return may ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

/// Host of `url` without port, user or brackets; empty when the URL has none.
std::string host_of(const std::string& url) {
  const std::size_t start = url.find("://");
  if (start == std::string::npos) return {};
  std::string rest = url.substr(start + 3);
  rest.resize(std::min(rest.find_first_of("/?#"), rest.size()));
  if (const std::size_t at = rest.rfind('@'); at != std::string::npos) rest.erase(0, at + 1);
  if (rest.starts_with('[')) return lower(rest.substr(1, rest.find(']') - 1));
  rest.resize(std::min(rest.find(':'), rest.size()));
  return lower(rest);
}

bool is_loopback(const std::string& host) {
  if (host == "localhost" || host == "::1") return true;
  // 127.a.b.c and nothing else: `127.evil.example` is a name, not an address.
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos;
}

class CurlHttpClient final : public HttpClient {
 public:
  CurlHttpClient(Easy easy, HttpClientSettings settings) : easy_(std::move(easy)), settings_(std::move(settings)) {}

  HttpOutcome send(const HttpRequest& request) override {
    if (!may_speak_to(request.url)) {
      return HttpNotSent{"`" + request.url + "` is neither https nor a host named for plain http"};
    }
    // Also drops every option of the request before; the connections that are kept open stay.
    curl_easy_reset(easy_.get());
    Receipt receipt;
    receipt.bytes_max = request.answer_bytes_max;
    const FieldList fields = field_list(request);
    SendGuard guard{request};
    if (!apply(request, fields.get(), receipt, guard)) return HttpNotSent{"the request cannot be prepared"};
    char reason[CURL_ERROR_SIZE] = "";
    curl_easy_setopt(easy_.get(), CURLOPT_ERRORBUFFER, reason);
    const CURLcode code = curl_easy_perform(easy_.get());
    curl_easy_setopt(easy_.get(), CURLOPT_ERRORBUFFER, nullptr);
    if (code == CURLE_OK) {
      long status = 0;
      curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
      receipt.answer.status = static_cast<int>(status);
      return std::move(receipt.answer);
    }
    if (guard.begun > 1 && !request.replay_safe) {
      return HttpUnclear{"the connection was closed while the request was written, or before an answer came"};
    }
    return classify(code, reason, receipt);
  }

 private:
  bool may_speak_to(const std::string& url) const {
    if (lower(url.substr(0, 8)) == "https://") return true;
    if (lower(url.substr(0, 7)) != "http://") return false;
    const std::string host = host_of(url);
    return is_loopback(host) || std::ranges::find(settings_.plain_http_hosts, host) != settings_.plain_http_hosts.end();
  }

  static FieldList field_list(const HttpRequest& request) {
    // No `Expect: 100-continue`: it would add a round trip and a second way for an answer to be unclear.
    curl_slist* list = curl_slist_append(nullptr, "Expect:");
    for (const HttpField& each : request.fields) {
      list = curl_slist_append(list, (each.name + ": " + each.value).c_str());
    }
    return FieldList(list);
  }

  template <class Value>
  void set(CURLoption option, Value value) {
    ready_ = curl_easy_setopt(easy_.get(), option, value) == CURLE_OK && ready_;
  }

  bool apply(const HttpRequest& request, curl_slist* fields, Receipt& receipt, SendGuard& guard) {
    ready_ = true;
    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      set(CURLOPT_POSTFIELDS, request.body.data());
    }
    set(CURLOPT_HTTPHEADER, fields);
    set(CURLOPT_NOSIGNAL, 1L);  // signals and threads do not mix
    set(CURLOPT_PROXY, "");     // "" also means: none from the environment
    set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));  // HTTP/2 may repeat a refused stream
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!settings_.authorities_file.empty()) set(CURLOPT_CAINFO, settings_.authorities_file.c_str());
    if (!settings_.client_certificate_file.empty()) {
      set(CURLOPT_SSLCERT, settings_.client_certificate_file.c_str());
      set(CURLOPT_SSLKEY, settings_.client_key_file.c_str());
    }
    set(CURLOPT_TCP_KEEPALIVE, 1L);
    // A kept connection that the server closes while it is used leaves a posting unclear: one that was idle is not
    // used.
    set(CURLOPT_MAXAGE_CONN, request.replay_safe ? kIdleSecondsMax : kIdleSecondsMaxOfPostings);
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_ms_max));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.total_ms_max));
    set(CURLOPT_PREREQFUNCTION, &glmap_may_send);
    set(CURLOPT_PREREQDATA, static_cast<void*>(&guard));
    set(CURLOPT_WRITEFUNCTION, &glmap_take_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&receipt));
    set(CURLOPT_HEADERFUNCTION, &glmap_take_field);
    set(CURLOPT_HEADERDATA, static_cast<void*>(&receipt));
    return ready_;
  }

  HttpOutcome classify(CURLcode code, const char* reason, const Receipt& receipt) {
    std::string text = *reason != '\0' ? reason : curl_easy_strerror(code);
    if (receipt.too_large) text = "the answer is larger than " + std::to_string(receipt.bytes_max) + " bytes";
    // Counted by the library after the socket took the bytes: zero means that nothing was handed to the network.
    long request_bytes = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_REQUEST_SIZE, &request_bytes);
    switch (code) {
      case CURLE_COULDNT_RESOLVE_HOST:
      case CURLE_COULDNT_CONNECT:
      case CURLE_URL_MALFORMAT:
      case CURLE_UNSUPPORTED_PROTOCOL:
      case CURLE_SSL_CONNECT_ERROR:
      case CURLE_PEER_FAILED_VERIFICATION:
      case CURLE_SSL_CACERT_BADFILE:
      case CURLE_SSL_CERTPROBLEM:
      case CURLE_OPERATION_TIMEDOUT:
      case CURLE_ABORTED_BY_CALLBACK:
        if (request_bytes == 0) return HttpNotSent{std::move(text)};
        return HttpUnclear{std::move(text)};
      default:
        return HttpUnclear{std::move(text)};
    }
  }

  Easy easy_;
  HttpClientSettings settings_;
  bool ready_ = true;
};

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
struct FreeTls {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

/// A key that asks for a passphrase has none here.
int no_passphrase(char*, int, int, void*) {
  return 0;
}

/// Looked at when the client is made, so that a wrong pair does not first show when something is posted.
Status check_client_certificate(const HttpClientSettings& settings) {
  const std::string &certificate_path = settings.client_certificate_file, &key_path = settings.client_key_file;
  if (certificate_path.empty() && key_path.empty()) return {};
  const std::unique_ptr<std::FILE, CloseFile> certificate_file(std::fopen(certificate_path.c_str(), "re"));
  const std::unique_ptr<std::FILE, CloseFile> key_file(std::fopen(key_path.c_str(), "re"));
  const auto wrong = [](const std::string& what) { return fail(ErrorCode::BadConfiguration, what); };
  if (!certificate_file) return wrong("the client certificate `" + certificate_path + "` cannot be read");
  if (!key_file) return wrong("the key of the client certificate `" + key_path + "` cannot be read");
  const std::unique_ptr<X509, FreeTls> certificate(
      PEM_read_X509(certificate_file.get(), nullptr, no_passphrase, nullptr));
  const std::unique_ptr<EVP_PKEY, FreeTls> key(PEM_read_PrivateKey(key_file.get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  if (!certificate) return wrong("`" + certificate_path + "` holds no certificate in PEM");
  if (!key) return wrong("`" + key_path + "` holds no private key in PEM without a passphrase");
  if (X509_check_private_key(certificate.get(), key.get()) == 1) return {};
  ERR_clear_error();
  return wrong("the key `" + key_path + "` does not belong to the certificate `" + certificate_path + "`");
}

}  // namespace

Result<std::unique_ptr<HttpClient>> make_http_client(const HttpClientSettings& settings) {
  GLMAP_CHECK(check_client_certificate(settings));
  if (!settings.authorities_file.empty() && ::access(settings.authorities_file.c_str(), R_OK) != 0) {
    return fail(ErrorCode::BadConfiguration,
                "the file of certificate authorities `" + settings.authorities_file + "` cannot be read");
  }
  if (!start_library()) return fail(ErrorCode::BadConfiguration, "the HTTP client library does not start");
  Easy easy(curl_easy_init());
  if (!easy) return fail(ErrorCode::BadConfiguration, "the HTTP client library does not start");
  return std::make_unique<CurlHttpClient>(std::move(easy), settings);
}

}  // namespace glmap::gateway::platform
