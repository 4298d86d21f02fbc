from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="MAILER_")

    api_key: str
    sender: str
    retries: int = 3


settings = Settings()
