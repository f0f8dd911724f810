"""IOS's words for algorithms, and AWS's for the same; one that AWS has none for is upper-cased and never agrees."""

PHASE1_V1 = {
    "aes": "AES128", "aes 192": "AES192", "aes 256": "AES256", "3des": "3DES", "des": "DES",
    "sha": "SHA1", "sha256": "SHA2-256", "sha384": "SHA2-384", "sha512": "SHA2-512", "md5": "MD5",
}  # fmt: skip

PHASE1_V2 = {
    "aes-cbc-128": "AES128", "aes-cbc-192": "AES192", "aes-cbc-256": "AES256",
    "aes-gcm-128": "AES128-GCM-16", "aes-gcm-256": "AES256-GCM-16", "3des": "3DES", "des": "DES",
    "sha1": "SHA1", "sha256": "SHA2-256", "sha384": "SHA2-384", "sha512": "SHA2-512", "md5": "MD5",
}  # fmt: skip

PHASE2_ENCRYPTION = {
    "esp-aes": "AES128", "esp-aes 192": "AES192", "esp-aes 256": "AES256", "esp-gcm": "AES128-GCM-16",
    "esp-gcm 192": "AES192-GCM-16", "esp-gcm 256": "AES256-GCM-16", "esp-3des": "3DES", "esp-des": "DES",
}  # fmt: skip

PHASE2_INTEGRITY = {
    "esp-sha-hmac": "SHA1", "esp-sha256-hmac": "SHA2-256", "esp-sha384-hmac": "SHA2-384",
    "esp-sha512-hmac": "SHA2-512", "esp-md5-hmac": "MD5", "ah-sha-hmac": "AH-SHA1", "ah-md5-hmac": "AH-MD5",
}  # fmt: skip
